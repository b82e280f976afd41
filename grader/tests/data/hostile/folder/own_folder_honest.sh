# tries: the file in a folder of the exercise's name
# verdict: passed
# earns: 5
# wall: none

mkdir counting
cp "$HONEST" counting/counting.cpp
