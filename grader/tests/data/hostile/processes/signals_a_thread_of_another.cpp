// tries: to send a signal by the one call that it may use on itself
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
    // Number 0 only asks. The processes just before this one are those that started it.
    for (pid_t other = getpid() - 1; other > 0 && other > getpid() - 20; --other) {
        if (syscall(SYS_tgkill, other, other, 0) == 0) std::puts("REACHED");
    }
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
