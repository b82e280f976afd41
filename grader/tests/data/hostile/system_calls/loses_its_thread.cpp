// tries: to take its thread's own variables away
// verdict: crashed
// earns: 2
// wall: boundary
// processor: x86_64

#include "counting.hpp"

#include <asm/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace counting {

Matrix running_sums(const Matrix& values) {
    syscall(SYS_arch_prctl, ARCH_SET_FS, 0);
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
