// tries: to use what a worker may use: time, randomness, a short sleep
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

#include <sched.h>
#include <sys/random.h>

#include <chrono>
#include <random>
#include <thread>

namespace counting {

Matrix running_sums(const Matrix& values) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    unsigned seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed) return {};
    std::mt19937 generator(seed + std::random_device{}());
    if (std::chrono::steady_clock::now().time_since_epoch().count() == static_cast<long>(generator())) return {};
    sched_yield();
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
