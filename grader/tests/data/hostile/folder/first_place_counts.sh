# tries: to be judged by the better one of two files
# verdict: not_implemented
# earns: 0
# wall: none

echo "// Nothing yet." > counting.cpp
mkdir counting
cp "$HONEST" counting/counting.cpp
