// tries: to sleep until a date far away, again after every signal
// verdict: timed_out
// earns: 2
// wall: limits

#include "counting.hpp"

#include <time.h>

namespace counting {

Matrix running_sums(const Matrix& values) {
    const timespec end{1L << 40, 0};
    while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, nullptr) != 0) {
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
