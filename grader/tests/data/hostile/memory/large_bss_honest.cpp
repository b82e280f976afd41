// tries: to work in 200 MB of zeros that it asked for before it started
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

namespace counting {

namespace {

volatile char data[200U << 20];

}  // namespace

Matrix running_sums(const Matrix& values) {
    for (std::size_t i = 0; i < sizeof data; i += 1U << 20) data[i] = 1;
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
