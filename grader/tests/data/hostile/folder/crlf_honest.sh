# tries: a file with the line ends of another system
# verdict: passed
# earns: 5
# wall: none

awk '{ printf "%s\r\n", $0 }' "$HONEST" > counting.cpp
