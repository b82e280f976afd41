#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

QKV_RANDOM_CASES(counting, running_sums, "running_sums")
QKV_RANDOM_CASES(counting, running_means, "running_means")
