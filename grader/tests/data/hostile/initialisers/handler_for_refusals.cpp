// tries: to survive a refused system call by a signal handler of its own, and to use what it opened
// verdict: passed
// earns: 5
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

namespace counting {

[[gnu::constructor]] static void install() { signal(SIGSYS, [](int) {}); }

Matrix running_sums(const Matrix& values) {
    char byte = 0;
    const int file = open("/etc/passwd", O_RDONLY);
    if (read(file, &byte, 1) == 1) write(1, "REACHED\n", 8);
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
