# tries: to be judged by the second place where the first is a symbolic link to nothing
# verdict: build_failed
# earns: 0
# wall: compile

ln -s nothing counting.cpp
mkdir counting
cp "$HONEST" counting/counting.cpp
