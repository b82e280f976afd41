# tries: to hand in a folder in which nothing can be written
# verdict: passed
# earns: 5
# wall: none

cp "$HONEST" counting.cpp
chmod 555 .
