# tries: to be graded for a file outside of the folder, by a symbolic link
# verdict: build_failed
# earns: 0
# wall: compile

ln -s "$HONEST" counting.cpp
