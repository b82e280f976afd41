// tries: to print in many scripts and to be right
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    std::puts("行 ряд σειρά שורה صف पंक्ति 🧮 n\u0303");
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
