// tries: to leave the handler of a refused call no stack to run on, to pass for a crash
// verdict: crashed
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    const stack_t nowhere{reinterpret_cast<void*>(4096), 0, 1U << 16};
    sigaltstack(&nowhere, nullptr);
    if (getppid() > 0) std::puts("REACHED");
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
