// tries: to free a block twice
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <cstdlib>

namespace counting {

Matrix running_sums(const Matrix& values) {
    void* const block = std::malloc(100);
    std::free(block);
    std::free(block);
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
