# tries: a file with a long comment, just below the limit
# verdict: passed
# earns: 5
# wall: none

{ cat "$HONEST"; printf "//"; head -c 1040000 /dev/zero | tr '\0' x; echo; } > counting.cpp
