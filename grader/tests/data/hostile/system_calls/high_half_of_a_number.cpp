// tries: to hide a forbidden number behind bits that the kernel ignores
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    if (syscall((1L << 32) + SYS_getppid) > 0) std::puts("REACHED");
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
