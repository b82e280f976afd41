// tries: to blame a function that is written, by throwing the kit's own exception in its name
// verdict: not_implemented
// earns: 2
// wall: boundary

#include "counting.hpp"

namespace counting {

Matrix running_sums(const Matrix&) { throw qkv::NotImplemented{"running_means"}; }

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
