// tries: to take 300 MB of stack at once, to land beyond the guard page
// verdict: crashed
// earns: 2
// wall: limits

#include "counting.hpp"

#include <alloca.h>

namespace counting {

Matrix running_sums(const Matrix& values) {
    volatile char* const far = static_cast<char*>(alloca(300U << 20));
    far[0] = 1;
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
