// tries: to make the compiler hold an array of 2^28 evaluated elements
// verdict: build_failed
// earns: 0
// wall: compile

#include "counting.hpp"

constexpr int fill() {
    long elements[1 << 28] = {};
    elements[(1 << 28) - 1] = 1;
    return static_cast<int>(elements[0]);
}
static_assert(fill() == 0);

namespace counting {

Matrix running_sums(const Matrix& values) {
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
