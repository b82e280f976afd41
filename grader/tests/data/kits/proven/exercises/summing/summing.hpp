// A made-up exercise that needs another one.
#ifndef QKV_SUMMING_HPP
#define QKV_SUMMING_HPP

#include "counting.hpp"

namespace summing {

using qkv::Matrix;
using qkv::RowVector;

/// The sum of all rows. values (n x d), returns (d).
RowVector total(const Matrix& values);

}  // namespace summing

#endif
