// tries: to read how long the first process has computed
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    const int first_process = 1, its_clock = ~first_process * 8 + 2;  // as clock_getcpuclockid makes it
    timespec computed{};
    if (syscall(SYS_clock_gettime, its_clock, &computed) == 0) std::puts("REACHED");
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
