// Reference: attention in its scaled dot-product, additive and bilinear forms.
#include "attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace attention {

namespace {

constexpr Scalar minus_infinity = -std::numeric_limits<Scalar>::infinity();
constexpr Scalar smallest = std::numeric_limits<Scalar>::min();

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

/// The second half of every kind of attention: a distribution over the keys, then a mean of the values.
AttentionResult attend(Matrix scores, const Matrix& value, const Mask& mask) {
    require(scores.cols() == value.rows(), "there must be one value for each key");
    if (mask.size() != 0) {
        require(mask.rows() == scores.rows() && mask.cols() == scores.cols(), "the mask must be queries x keys");
        scores = mask.select(scores, minus_infinity);
    }
    Matrix weights = softmax_rows(scores);         // n_queries x n_keys
    return {weights * value, std::move(weights)};  // n_queries x d_v
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    if (scores.cols() == 0) return scores;  // nothing to attend to
    Matrix weights(scores.rows(), scores.cols());
    for (Index i = 0; i < scores.rows(); ++i) {
        const Scalar largest = scores.row(i).maxCoeff();
        if (largest == minus_infinity) {
            weights.row(i).setZero();
            continue;
        }
        // Subtracting the largest changes no fraction and keeps every exp at or below 1.
        weights.row(i) = (scores.row(i).array() - largest).exp();
        weights.row(i) /= weights.row(i).sum();
        // Eigen's exp(-infinity) is 5.6e-309: times a value of 1e308 that is more than nothing, and slow besides.
        if (weights.row(i).minCoeff() >= smallest) continue;
        weights.row(i) = (weights.row(i).array() < smallest).select(Scalar{0}, weights.row(i));
    }
    return weights;
}

Mask causal_mask(Index n_queries, Index n_keys) {
    const Index offset = n_keys - n_queries;  // position of the first query
    Mask mask(n_queries, n_keys);
    for (Index i = 0; i < n_queries; ++i) {
        for (Index j = 0; j < n_keys; ++j) mask(i, j) = j <= i + offset;
    }
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    const auto n_keys = static_cast<Index>(key_is_token.size());
    Mask mask(n_queries, n_keys);
    for (Index j = 0; j < n_keys; ++j) mask.col(j).setConstant(key_is_token[static_cast<std::size_t>(j)]);
    return mask;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, Mask());
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    require(query.cols() == key.cols(), "query and key must have the same number of columns, d_k");
    const Scalar scale = std::sqrt(static_cast<Scalar>(key.cols()));
    Matrix scores = query / scale * key.transpose();  // n_queries x n_keys
    return attend(std::move(scores), value, mask);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    require(tokens.cols() == projections.query.rows(), "W_Q must have as many rows as tokens have columns");
    require(memory.cols() == projections.key.rows(), "W_K must have as many rows as memory has columns");
    require(memory.cols() == projections.value.rows(), "W_V must have as many rows as memory has columns");
    const Matrix query = tokens * projections.query;  // n_queries x d_k
    const Matrix key = memory * projections.key;      // n_keys x d_k
    const Matrix value = memory * projections.value;  // n_keys x d_v
    return masked_attention(query, key, value, mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    require(query.cols() == weights.query.rows(), "W must have as many rows as query has columns");
    require(key.cols() == weights.key.rows(), "U must have as many rows as key has columns");
    require(weights.query.cols() == weights.v.cols() && weights.key.cols() == weights.v.cols(),
            "W and U must have as many columns as v");
    const Matrix from_query = query * weights.query;  // n_queries x d_hidden
    const Matrix from_key = key * weights.key;        // n_keys x d_hidden
    Matrix scores(query.rows(), key.rows());
    for (Index i = 0; i < query.rows(); ++i) {
        // Row j: the hidden layer for the pair (i, j).
        const Matrix hidden = (from_key.rowwise() + from_query.row(i)).array().tanh();
        scores.row(i) = weights.v * hidden.transpose();
    }
    return attend(std::move(scores), value, mask);
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    require(query.cols() == weight.rows() && weight.cols() == key.cols(), "W must be d_query x d_key");
    Matrix scores = query * weight * key.transpose();  // n_queries x n_keys
    return attend(std::move(scores), value, mask);
}

}  // namespace attention
