// tries: an object file of 1 GB, three times over, and a worker of 1 GB
// verdict: build_failed
// earns: 0
// wall: compile

#include "counting.hpp"

static char array[1 << 30] = {1};

namespace counting {

Matrix running_sums(const Matrix& values) {
    array[values.rows() << 20] = 1;
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
