// Scaled dot-product attention and its relatives. You write these functions in attention.cpp.
// Everywhere: rows are tokens, columns are features. A shape that does not fit its neighbours is
// answered with std::invalid_argument. No finite score is too large or too small, in any function.
// There may be no queries (0 rows). Two things are left to you: without any key the output is zero, or
// you refuse the call; an empty mask that does not fit (3 x 0 beside 5 keys) is no mask, or refused.
#ifndef QKV_ATTENTION_HPP
#define QKV_ATTENTION_HPP

#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace attention {

using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// Turns each row of scores into a probability distribution.
///
///   weights(i, j) = exp(scores(i, j)) / sum over k of exp(scores(i, k))
///
/// scores   (n_queries x n_keys), each finite or -infinity
/// returns  (n_queries x n_keys), rows sum to 1; a row that is all -infinity gives a row of zeros
/// Stays finite for scores of any size. What is below std::numeric_limits<Scalar>::min(), the smallest
/// normal number, may be 0.                                  Vaswani et al. 2017, section 3.2.1
Matrix softmax_rows(const Matrix& scores);

/// Who may look at whom when the future is hidden: a query sees its own position and what is before.
/// With fewer queries than keys the queries are the *last* positions of the sequence (as when a
/// decoder keeps earlier keys): query i stands at position i + n_keys - n_queries.
///
/// n_queries, n_keys  0 or more
/// returns  (n_queries x n_keys), true = may attend          Vaswani et al. 2017, section 3.2.3
Mask causal_mask(Index n_queries, Index n_keys);

/// Hides keys that are only padding, from every query alike.
///
/// key_is_token  one entry a key, false = padding; there may be none
/// returns       (n_queries x number of keys), true = may attend
Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token);

/// What every kind of attention returns.
struct AttentionResult {
    Matrix output;   ///< (n_queries x d_v), each row a weighted mean of the values
    Matrix weights;  ///< (n_queries x n_keys), rows sum to 1
};

/// Scaled dot-product attention.
///
///   output = softmax(query * key^T / sqrt(d_k)) * value
///
/// query    (n_queries x d_k)
/// key      (n_keys x d_k)
/// value    (n_keys x d_v)
/// throws   std::invalid_argument if query and key differ in d_k, or key and value in n_keys
///                                                           Vaswani et al. 2017, equation 1
AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value);

/// The same, with keys hidden by a mask. A hidden key has weight 0 whatever it holds; a query
/// that may attend to nothing has zero weights and a zero output. A 0 x 0 mask is no mask.
///
/// mask     (n_queries x n_keys), true = may attend, or 0 x 0
/// throws   std::invalid_argument also if the mask has another shape
AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask);

/// The matrices that make queries, keys and values out of tokens: query = tokens * W_Q, and so on.
struct Projections {
    Matrix query;  ///< W_Q (d_model x d_k)
    Matrix key;    ///< W_K (d_model x d_k)
    Matrix value;  ///< W_V (d_model x d_v)
};

/// Attention of a sequence to itself: queries, keys and values are projections of the same tokens.
///
/// tokens   (n_tokens x d_model)
/// mask     (n_tokens x n_tokens) or 0 x 0
/// throws   std::invalid_argument on shapes that do not fit
AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask);

/// Attention of one sequence to another: queries come from tokens, keys and values from memory.
///
/// tokens   (n_queries x d_model)
/// memory   (n_keys x d_memory); W_K and W_V then have d_memory rows
/// mask     (n_queries x n_keys) or 0 x 0
/// throws   std::invalid_argument on shapes that do not fit
AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask);

/// Weights of additive attention.
struct AdditiveWeights {
    Matrix query;  ///< W (d_query x d_hidden)
    Matrix key;    ///< U (d_key x d_hidden)
    RowVector v;   ///< (d_hidden)
};

/// Additive attention: a small network scores each pair of a query and a key.
///
///   score(i, j) = sum over h of v(h) * tanh((query_i * W + key_j * U)(h))
///   output      = softmax(score) * value, without any scaling
///
/// query    (n_queries x d_query), key (n_keys x d_key), value (n_keys x d_v)
/// mask     (n_queries x n_keys) or 0 x 0, as in masked_attention
/// throws   std::invalid_argument on shapes that do not fit  Bahdanau et al. 2014, appendix A.1.2
AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask);

/// Bilinear attention ("general" in the paper): a matrix between query and key.
///
///   score(i, j) = query_i * W * key_j^T, without any scaling
///
/// query    (n_queries x d_query), key (n_keys x d_key), value (n_keys x d_v)
/// weight   W (d_query x d_key)
/// mask     (n_queries x n_keys) or 0 x 0, as in masked_attention
/// throws   std::invalid_argument on shapes that do not fit  Luong et al. 2015, section 3.1
AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask);

}  // namespace attention

#endif
