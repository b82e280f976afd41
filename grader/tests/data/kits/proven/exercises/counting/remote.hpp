#ifndef QKV_COUNTING_REMOTE_HPP
#define QKV_COUNTING_REMOTE_HPP

#include "counting.hpp"
#include "wire/interface.hpp"

QKV_REMOTE(counting, running_sums)
QKV_REMOTE(counting, running_means)

#endif
