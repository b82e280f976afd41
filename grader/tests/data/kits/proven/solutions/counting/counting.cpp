#include "counting.hpp"

namespace counting {

Matrix running_sums(const Matrix& values) {
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = running_sums(values);
    for (Index i = 0; i < means.rows(); ++i) means.row(i) /= static_cast<Scalar>(i + 1);
    return means;
}

}  // namespace counting
