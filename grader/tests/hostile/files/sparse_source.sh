# tries: to hand in a file of a terabyte that takes no room on the disk
# verdict: build_failed
# earns: 0
# wall: limits

cp "$HONEST" counting.cpp
truncate -s 1T counting.cpp
