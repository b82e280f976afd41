#include "cases.hpp"
#include "remote.hpp"
#include "testing/hidden.hpp"

QKV_RANDOM_CASES(summing, total, "total")
