# tries: a hundred thousand NUL bytes before an honest file, each worth a warning
# verdict: passed
# earns: 5
# wall: limits

head -c 100000 /dev/zero > counting.cpp
echo >> counting.cpp
cat "$HONEST" >> counting.cpp
