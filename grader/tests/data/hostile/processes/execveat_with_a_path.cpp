// tries: to start a program by the call that starts the worker itself, which ignores the descriptor if there is a path
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace counting {

namespace {

/// Runs again in the program that was started.
[[gnu::constructor]] void tell(int count, char** arguments) {
    if (count < 2 || std::strcmp(arguments[1], "again") != 0) return;
    if (write(1, "REACHED\n", 8) == 8) _exit(0);
}

}  // namespace

Matrix running_sums(const Matrix& values) {
    const char* const arguments[] = {"worker", "again", nullptr};
    const char* const environment[] = {nullptr};
    syscall(SYS_execveat, 4, "/proc/self/exe", arguments, environment, AT_EMPTY_PATH);
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
