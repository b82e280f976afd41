// tries: to wait for a word in memory that nobody will change
// verdict: timed_out
// earns: 2
// wall: limits

#include "counting.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace counting {

Matrix running_sums(const Matrix& values) {
    int word = 0;
    syscall(SYS_futex, &word, FUTEX_WAIT, 0, nullptr);
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
