// tries: a billion tokens out of thirty short lines
// verdict: build_failed
// earns: 0
// wall: compile

#include "counting.hpp"

#define A0 + 1
#define A1 A0 A0 A0 A0
#define A2 A1 A1 A1 A1
#define A3 A2 A2 A2 A2
#define A4 A3 A3 A3 A3
#define A5 A4 A4 A4 A4
#define A6 A5 A5 A5 A5
#define A7 A6 A6 A6 A6
#define A8 A7 A7 A7 A7
#define A9 A8 A8 A8 A8
#define A10 A9 A9 A9 A9
#define A11 A10 A10 A10 A10
#define A12 A11 A11 A11 A11
#define A13 A12 A12 A12 A12
#define A14 A13 A13 A13 A13
#define A15 A14 A14 A14 A14
const long sum = 0 A15;

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
