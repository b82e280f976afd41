// Positional encoding: how attention learns where a token stands. You write these functions in
// positional_encoding.cpp. Everywhere: rows are tokens, columns are features; positions and the pairs
// of columns count from 0.
#ifndef QKV_POSITIONAL_ENCODING_HPP
#define QKV_POSITIONAL_ENCODING_HPP

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace positional_encoding {

using qkv::Index;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// The encoding of one position. Columns 2i and 2i + 1 are a pair and share one angle:
///
///   angle(i)           = position / 10000^(2i / d_model)
///   encoding(2i)       = sin(angle(i))
///   encoding(2i + 1)   = cos(angle(i))
///
/// If d_model is odd, the last column is a sine without its cosine.
///
/// position  at least 0, and possibly large: right at 1,000,000 too
/// d_model   at least 1
/// returns   (d_model)
/// throws    std::invalid_argument if position < 0 or d_model < 1
///                                                           Vaswani et al. 2017, section 3.5
RowVector encode_position(Index position, Index d_model);

/// The table of the first positions: row p is the encoding of position p.
///
/// returns   (n_positions x d_model); no positions give no rows
/// throws    std::invalid_argument if n_positions < 0 or d_model < 1
Matrix sinusoidal_encoding(Index n_positions, Index d_model);

/// Tells tokens where they stand: adds to row i the encoding of position offset + i. The offset is the
/// number of tokens that went before, for example those that a decoder has already read.
///
///   result(i) = embeddings(i) + encoding of position offset + i
///
/// embeddings  (n_tokens x d_model), d_model at least 1; embeddings without columns may be refused
/// offset      at least 0, and possibly large, as a position
/// returns     (n_tokens x d_model); no tokens give no rows
/// throws      std::invalid_argument if offset < 0, without tokens too
Matrix add_positions(const Matrix& embeddings, Index offset);

/// The same with a table that was learned instead of computed. Such a table has an end.
///
///   result(i) = embeddings(i) + table(offset + i)
///
/// embeddings  (n_tokens x d_model)
/// table       (n_positions x d_model)
/// returns     (n_tokens x d_model); no tokens give no rows
/// throws      std::invalid_argument if offset < 0, if the widths differ, or if offset + n_tokens is more than
///             n_positions; the message should name the two numbers that do not fit
///                                                           Gehring et al. 2017, section 3.1
Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset);

/// The matrix R(k) that moves every encoding on by k positions, whatever the position p is:
///
///   encoding(p) * R(k) = encoding(p + k)
///
/// There is exactly one. It is zero but for one 2 x 2 block on the diagonal for each pair of columns.
///
/// d_model   even, at least 2
/// k         any whole number; negative moves back
/// returns   (d_model x d_model)
/// throws    std::invalid_argument if d_model is odd or less than 2
///                                                           Vaswani et al. 2017, section 3.5
Matrix shift_matrix(Index d_model, Index k);

}  // namespace positional_encoding

#endif
