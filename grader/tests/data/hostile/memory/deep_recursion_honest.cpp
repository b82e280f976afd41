// tries: to call itself twenty thousand times and return
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

namespace counting {

namespace {

Index descend(Index depth) { return depth == 0 ? 0 : 1 + descend(depth - 1); }

}  // namespace

Matrix running_sums(const Matrix& values) {
    if (descend(20'000) != 20'000) return {};
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
