# tries: to have the compiler read a source of 100 MB
# verdict: build_failed
# earns: 0
# wall: limits

cp "$HONEST" counting.cpp
head -c 100000000 /dev/zero | tr '\0' ' ' >> counting.cpp
