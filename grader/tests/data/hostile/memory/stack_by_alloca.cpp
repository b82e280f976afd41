// tries: to use up its stack piece by piece
// verdict: crashed
// earns: 2
// wall: limits

#include "counting.hpp"

#include <alloca.h>

namespace counting {

Matrix running_sums(const Matrix& values) {
    for (int i = 0; i < 64; ++i) static_cast<volatile char*>(alloca(1U << 20))[0] = 1;
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
