// @TITLE_EN@. You write this function in @ID@.cpp.
// Rows are tokens, columns are features.
#ifndef QKV_@ID_UPPER@_HPP
#define QKV_@ID_UPPER@_HPP

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace @ID@ {

using qkv::Index;
using qkv::Matrix;
using qkv::Scalar;

/// Takes off each row its own mean.
///
///   centered(i, j) = input(i, j) - mean over k of input(i, k)
///
/// input    (n_tokens x d_model), d_model at least 1
/// returns  (n_tokens x d_model), every row has mean 0
/// throws   std::invalid_argument if there are no columns
Matrix center_rows(const Matrix& input);

}  // namespace @ID@

#endif
