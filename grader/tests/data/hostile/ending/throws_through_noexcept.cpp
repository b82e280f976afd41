// tries: to let an exception leave a noexcept function
// verdict: failed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <stdexcept>

namespace counting {

namespace {

void fly() { throw std::runtime_error("no way out"); }

void no_way_out() noexcept { fly(); }

}  // namespace

Matrix running_sums(const Matrix& values) {
    no_way_out();
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
