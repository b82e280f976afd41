// tries: to define a graded symbol twice, wrongly and rightly
// verdict: build_failed
// earns: 0
// wall: compile

#include "counting.hpp"

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

Matrix again(const Matrix& values)
    asm("_ZN8counting12running_sumsERKN5Eigen6MatrixIdLin1ELin1ELi1ELin1ELin1EEE");
Matrix again(const Matrix& values) { return -values; }

}  // namespace counting
