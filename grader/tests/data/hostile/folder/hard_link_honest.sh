# tries: a file with two names
# verdict: passed
# earns: 5
# wall: none

cp "$HONEST" draft.cpp
ln draft.cpp counting.cpp
