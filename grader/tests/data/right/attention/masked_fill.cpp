// A right solution as carried over from JAX: where(mask, scores, lowest), the maximum of that, and exponentials that
// are multiplied by the mask before and after they are summed up. One table of checks in front of each function.
#include "attention.hpp"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>

namespace attention {

namespace {

struct ShapeError : std::invalid_argument {
    ShapeError(const char* what, Index left, Index right)
        : std::invalid_argument(std::string(what) + ": " + std::to_string(left) + " against " + std::to_string(right)) {
    }
};

struct Pair {
    const char* what;
    Index left, right;
};

void agree(std::initializer_list<Pair> table) {
    for (const Pair& pair : table)
        if (pair.left != pair.right) throw ShapeError(pair.what, pair.left, pair.right);
}

Mask everywhere(const Mask& mask, Index n_queries, Index n_keys) {
    if (mask.rows() == 0 && mask.cols() == 0) return Mask::Constant(n_queries, n_keys, true);
    agree({{"rows of the mask", mask.rows(), n_queries}, {"columns of the mask", mask.cols(), n_keys}});
    return mask;
}

Matrix where_softmax(const Matrix& scores, const Mask& seen) {
    if (scores.size() == 0) return scores;
    using Column = Eigen::Array<Scalar, Eigen::Dynamic, 1>;
    const Matrix filled =
        seen.select(scores, Matrix::Constant(scores.rows(), scores.cols(), std::numeric_limits<Scalar>::lowest()));
    const Column top = filled.rowwise().maxCoeff();
    const Matrix raised =
        seen.select((filled.array().colwise() - top).unaryExpr([](Scalar x) { return std::exp(x); }), Scalar{0});
    const Column sum = raised.rowwise().sum();
    return raised.array().colwise() / (sum == 0).select(Scalar{1}, sum);
}

AttentionResult finish(const Matrix& scores, const Matrix& value, const Mask& mask) {
    AttentionResult result;
    result.weights = where_softmax(scores, everywhere(mask, scores.rows(), scores.cols()));
    result.output.noalias() = result.weights.lazyProduct(value);
    return result;
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    return where_softmax(scores, scores.array() != -std::numeric_limits<Scalar>::infinity());
}

Mask causal_mask(Index n_queries, Index n_keys) {
    const Eigen::ArrayXXi column =
        Eigen::RowVectorXi::LinSpaced(n_keys, 0, static_cast<int>(n_keys) - 1).replicate(n_queries, 1);
    const Eigen::ArrayXXi row =
        Eigen::VectorXi::LinSpaced(n_queries, 0, static_cast<int>(n_queries) - 1).replicate(1, n_keys);
    return column - row <= static_cast<int>(n_keys - n_queries);
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Eigen::Array<bool, 1, Eigen::Dynamic> row(static_cast<Index>(key_is_token.size()));
    Index j = 0;
    for (const bool token : key_is_token) row(j++) = token;
    return row.replicate(n_queries, 1);
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, {});
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    agree({{"d_k", query.cols(), key.cols()}, {"n_keys", key.rows(), value.rows()}});
    const Matrix scaled = query * (1 / std::sqrt(static_cast<Scalar>(query.cols())));
    return finish(scaled * key.transpose(), value, mask);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    // One product with W_Q, W_K and W_V side by side.
    const auto& [w_q, w_k, w_v] = projections;
    agree({{"W_Q", w_q.rows(), tokens.cols()}, {"W_K", w_k.rows(), tokens.cols()}, {"W_V", w_v.rows(), tokens.cols()}});
    Matrix all(tokens.cols(), w_q.cols() + w_k.cols() + w_v.cols());
    all.leftCols(w_q.cols()) = w_q;
    all.middleCols(w_q.cols(), w_k.cols()) = w_k;
    all.rightCols(w_v.cols()) = w_v;
    const Matrix qkv = tokens * all;
    return masked_attention(qkv.leftCols(w_q.cols()), qkv.middleCols(w_q.cols(), w_k.cols()), qkv.rightCols(w_v.cols()),
                            mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    agree({{"W_Q", projections.query.rows(), tokens.cols()},
           {"W_K", projections.key.rows(), memory.cols()},
           {"W_V", projections.value.rows(), memory.cols()}});
    return masked_attention(tokens * projections.query, memory * projections.key, memory * projections.value, mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    agree({{"W", weights.query.rows(), query.cols()},
           {"U", weights.key.rows(), key.cols()},
           {"W and v", weights.query.cols(), weights.v.size()},
           {"U and v", weights.key.cols(), weights.v.size()},
           {"n_keys", key.rows(), value.rows()}});
    const Matrix from_query = query * weights.query, from_key = key * weights.key;
    Matrix scores = Matrix::Zero(query.rows(), key.rows());
    // One hidden unit after the other: an outer sum of two columns.
    for (Index h = 0; h < weights.v.size(); ++h)
        scores += weights.v(h) *
                  (from_query.col(h).replicate(1, key.rows()) + from_key.col(h).transpose().replicate(query.rows(), 1))
                      .array()
                      .tanh()
                      .matrix();
    return finish(scores, value, mask);
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    agree({{"rows of W", weight.rows(), query.cols()},
           {"columns of W", weight.cols(), key.cols()},
           {"n_keys", key.rows(), value.rows()}});
    return finish(query * (weight * key.transpose()), value, mask);
}

}  // namespace attention
