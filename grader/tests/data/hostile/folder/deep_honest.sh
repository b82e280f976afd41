# tries: a folder a thousand deep beside an honest file
# verdict: passed
# earns: 5
# wall: none

cp "$HONEST" counting.cpp
depth=0
while [ $depth -lt 1000 ]; do
    mkdir d && cd d && depth=$((depth + 1))
done
