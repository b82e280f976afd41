// Multi-head attention. You write these functions in multi_head_attention.cpp.
// Everywhere: rows are tokens, columns are features. A shape that does not fit its neighbours is
// answered with std::invalid_argument, also where there are no tokens (0 rows), which is allowed.
// No finite score is too large or too small. Left to you: without any key a head's output is zero, or you
// refuse the call; an empty mask that does not fit (3 x 0 beside 5 keys) is no mask, or refused.
#ifndef QKV_MULTI_HEAD_ATTENTION_HPP
#define QKV_MULTI_HEAD_ATTENTION_HPP

#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace multi_head_attention {

using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// A linear layer: y = x * weight + bias.
struct Linear {
    Matrix weight;   ///< (d_in x d_out)
    RowVector bias;  ///< (d_out)
};

/// Applies a linear layer to every row.
///
///   output_i = input_i * weight + bias
///
/// input    (n_tokens x d_in)
/// returns  (n_tokens x d_out)
/// throws   std::invalid_argument if weight does not have d_in rows, or bias does not have d_out entries
Matrix linear(const Matrix& input, const Linear& layer);

/// Cuts the features into heads: each head is a contiguous block of d_model / n_heads columns.
///
///   head h = columns h * d_head to (h + 1) * d_head - 1,  d_head = d_model / n_heads
///
/// features  (n_tokens x d_model), d_model at least 1
/// returns   n_heads matrices (n_tokens x d_head), in order
/// throws    std::invalid_argument if n_heads is less than 1 or does not divide d_model
std::vector<Matrix> split_heads(const Matrix& features, Index n_heads);

/// Puts the heads side by side again: Concat(head_0, ..., head_(n_heads - 1)). The inverse of split_heads.
///
/// heads    at least one matrix, all of the same shape (n_tokens x d_head)
/// returns  (n_tokens x (n_heads * d_head))
/// throws   std::invalid_argument if there is no head, or the heads differ in shape
Matrix merge_heads(const std::vector<Matrix>& heads);

/// What multi-head attention returns.
struct MultiHeadResult {
    Matrix output;                ///< (n_queries x d_model)
    std::vector<Matrix> weights;  ///< one (n_queries x n_keys) for each head, rows sum to 1
};

/// Attention in every head at once, on queries, keys and values that are projected already.
///
///   head_h = softmax(query_h * key_h^T / sqrt(d_head)) * value_h,  where query_h is block h of query, and so on
///   output = Concat(head_0, ..., head_(n_heads - 1)), no output projection
///
/// query    (n_queries x d_model), d_head = d_model / n_heads
/// key      (n_keys x d_model)
/// value    (n_keys x d_v); each head takes d_v / n_heads of its columns. The output has d_v columns
/// mask     (n_queries x n_keys), true = may attend, the same for all heads; 0 x 0 = no mask.
///          A hidden key has weight 0 whatever it holds; a query that may attend to nothing has zero weights and a
///          zero output
/// throws   std::invalid_argument if n_heads is less than 1 or does not divide the columns, or on shapes that
///          do not fit                                       Vaswani et al. 2017, section 3.2.2
MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask);

/// The four linear layers of multi-head attention. Column block h of a weight is the matrix W^Q_h (W^K_h, W^V_h)
/// of the paper; row block h of output.weight is what head h contributes to W^O. Layers that fit each other but are
/// not d_model wide (W_Q 4 x 6, W_O 6 x 3) may be used or refused.
struct MultiHeadWeights {
    Linear query;   ///< (d_model x d_model)
    Linear key;     ///< (d_memory x d_model)
    Linear value;   ///< (d_memory x d_model)
    Linear output;  ///< (d_model x d_model)
    Index n_heads;  ///< at least 1, divides d_model
};

/// Multi-head attention of one sequence to another. Self-attention is the case memory = tokens.
///
///   query = linear(tokens), key = linear(memory), value = linear(memory), each with its own layer
///   output = Concat(head_0, ..., head_(n_heads - 1)) * W_O + b_O
///
/// tokens   (n_queries x d_model)
/// memory   (n_keys x d_memory); d_memory may differ from d_model
/// mask     (n_queries x n_keys), true = may attend, or 0 x 0. The output of a query that may attend to nothing
///          is the bias of the output layer
/// throws   std::invalid_argument if n_heads is less than 1 or does not divide d_model, or on shapes that do
///          not fit                                          Vaswani et al. 2017, section 3.2.2
MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask);

}  // namespace multi_head_attention

#endif
