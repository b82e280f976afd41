// tries: to open a handle to the process before it, to take its descriptors
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
    const long handle = syscall(SYS_pidfd_open, getpid() - 1, 0);
    if (handle >= 0) std::puts("REACHED");
    if (syscall(SYS_pidfd_getfd, handle, 5, 0) >= 0) std::puts("REACHED");
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
