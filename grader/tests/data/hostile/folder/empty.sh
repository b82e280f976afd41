# tries: to earn points with a file of no bytes
# verdict: not_implemented
# earns: 0
# wall: none

: > counting.cpp
