// tries: to kill itself by the signal of the filter without a forbidden call
// verdict: forbidden
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <csignal>

namespace counting {

Matrix running_sums(const Matrix& values) {
    std::raise(SIGSYS);
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
