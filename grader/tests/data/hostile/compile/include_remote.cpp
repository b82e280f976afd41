// tries: to compile the kit's table of graded functions a second time
// verdict: build_failed
// earns: 0
// wall: compile

#include "counting.hpp"

#define QKV_WORKER
#include "remote.hpp"

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
