# tries: a folder where a file is due
# verdict: build_failed
# earns: 0
# wall: compile

mkdir counting.cpp
cp "$HONEST" counting.cpp/counting.cpp
