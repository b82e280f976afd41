// tries: to go on after a refused system call by ignoring its signal
// verdict: forbidden
// earns: 2
// wall: filter

#include "counting.hpp"

#include <fcntl.h>
#include <signal.h>

namespace counting {

[[gnu::constructor]] static void install() { signal(SIGSYS, SIG_IGN); }

Matrix running_sums(const Matrix& values) {
    open("/etc/passwd", O_RDONLY);
    return values;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
