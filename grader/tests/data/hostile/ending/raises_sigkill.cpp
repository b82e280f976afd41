// tries: to kill itself by the signal that cannot be caught
// verdict: forbidden
// earns: 2
// wall: filter

#include "counting.hpp"

#include <csignal>

namespace counting {

Matrix running_sums(const Matrix& values) {
    std::raise(SIGKILL);
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
