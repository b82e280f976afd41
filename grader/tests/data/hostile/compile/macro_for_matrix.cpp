// tries: to have graded functions of another type under the same name
// verdict: not_implemented
// earns: 2
// wall: boundary

#include "counting.hpp"

#define Matrix Mask
namespace counting {
using qkv::Mask;
}

namespace counting {

Matrix running_sums(const Matrix& values) { return values; }

#undef Matrix

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
