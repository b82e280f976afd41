// tries: to run an instruction that does not exist
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

namespace counting {

Matrix running_sums(const Matrix& values) { __builtin_trap(); }

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
