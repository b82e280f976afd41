# tries: a file that begins with a byte order mark and ends without a line end
# verdict: passed
# earns: 5
# wall: none

{ printf '\357\273\277'; cat "$HONEST"; printf "// the end"; } > counting.cpp
