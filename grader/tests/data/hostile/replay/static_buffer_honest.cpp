// tries: to use one static buffer for all calls, cleared each time
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

namespace counting {

static Matrix buffer;

Matrix running_sums(const Matrix& values) {
    buffer.setZero(values.rows(), values.cols());
    for (Index i = 0; i < values.rows(); ++i) buffer.row(i) = values.topRows(i + 1).colwise().sum();
    return buffer;
}

Matrix running_means(const Matrix& values) {
    thread_local Matrix means;
    means = running_sums(values);
    for (Index i = 0; i < means.rows(); ++i) means.row(i) /= static_cast<Scalar>(i + 1);
    return means;
}

}  // namespace counting
