# tries: to have the grader wait for somebody who writes into a pipe
# verdict: build_failed
# earns: 0
# wall: compile

mkfifo counting.cpp
