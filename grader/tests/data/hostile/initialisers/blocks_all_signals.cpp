// tries: to block and ignore every signal, and then to compute without end
// verdict: timed_out
// earns: 2
// wall: limits

#include "counting.hpp"

#include <signal.h>

namespace counting {

[[gnu::constructor]] static void block() {
    for (int number = 1; number < 65; ++number) signal(number, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, nullptr);
}

Matrix running_sums(const Matrix& values) {
    for (volatile bool again = true; again;) {
    }
    return values;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
