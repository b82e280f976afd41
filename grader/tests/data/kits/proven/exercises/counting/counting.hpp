// A made-up exercise: running sums and means.
#ifndef QKV_COUNTING_HPP
#define QKV_COUNTING_HPP

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace counting {

using qkv::Index;
using qkv::Matrix;
using qkv::Scalar;

/// Row i of the result is the sum of rows 0 to i. values (n x d), returns (n x d).
Matrix running_sums(const Matrix& values);

/// Row i of the result is the mean of rows 0 to i. values (n x d), returns (n x d).
Matrix running_means(const Matrix& values);

}  // namespace counting

#endif
