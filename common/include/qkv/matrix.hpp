// The types every exercise speaks. Rows are tokens, columns are features, storage is row-major
// as in NumPy and PyTorch; a linear layer is `y = x * W + b` with W of shape (in x out).
#pragma once

#include <vector>

#include "qkv/eigen_assert.hpp"

#include <Eigen/Core>

namespace qkv {

#ifdef QKV_FLOAT
using Scalar = float;
#else
using Scalar = double;
#endif

/// Float has too few digits for what is extreme: tests and cases keep it smaller there.
inline constexpr bool in_double = sizeof(Scalar) == sizeof(double);

/// Sizes and positions. Signed, as everywhere in Eigen.
using Index = Eigen::Index;

/// (rows x columns), row-major.
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// (1 x columns): a bias, or one token's features.
using RowVector = Eigen::Matrix<Scalar, 1, Eigen::Dynamic, Eigen::RowMajor>;

/// (queries x keys), true = this query may attend to this key. A 0 x 0 mask is no mask.
using Mask = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Indices into a vocabulary.
using TokenIds = std::vector<int>;

}  // namespace qkv
