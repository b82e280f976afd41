// tries: to be graded for the reference solution, found beside the exercise
// verdict: build_failed
// earns: 0
// wall: compile

#include "counting.hpp"

#include "../../solutions/counting/counting.cpp"
