// A right solution that refuses early and strictly: every function checks all its arguments first, one condition a
// line; no keys are refused, and so is every mask that is neither 0 x 0 nor queries x keys.
#include "attention.hpp"

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace attention {

namespace {

struct WrongShape : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

void agree(const char* what, Index one, Index other) {
    if (one == other) return;
    std::ostringstream text;
    text << what << " differ: " << one << " and " << other;
    throw WrongShape(text.str());
}

void check(Index n_queries, Index n_keys, const Matrix& value, const Mask& mask) {
    if (n_keys == 0) throw WrongShape("there is nothing to attend to");
    agree("numbers of keys and values", n_keys, value.rows());
    if (mask.rows() == 0 && mask.cols() == 0) return;
    agree("rows of the mask and queries", mask.rows(), n_queries);
    agree("columns of the mask and keys", mask.cols(), n_keys);
}

/// The sum first, then each weight by itself: exp(score - top - log(sum)) where that is precise, else a fraction.
AttentionResult finish(Matrix scores, const Matrix& value, const Mask& mask) {
    const Scalar hidden = -std::numeric_limits<Scalar>::infinity();
    for (Index i = 0; i < mask.rows(); ++i)
        for (Index j = 0; j < mask.cols(); ++j)
            if (!mask(i, j)) scores(i, j) = hidden;
    AttentionResult result{Matrix::Zero(scores.rows(), value.cols()), Matrix::Zero(scores.rows(), scores.cols())};
    for (Index i = 0; i < scores.rows(); ++i) {
        Index at = 0;
        const Scalar top = scores.row(i).maxCoeff(&at);
        if (top == hidden) continue;
        Scalar rest = 0;  // beside the largest, whose term is 1
        for (Index j = 0; j < scores.cols(); ++j)
            if (j != at) rest += std::exp(scores(i, j) - top);
        for (Index j = 0; j < scores.cols(); ++j) {
            const Scalar weight = std::exp(scores(i, j) - top) / (1 + rest);
            if (weight < std::numeric_limits<Scalar>::min()) continue;
            result.weights(i, j) = weight;
            result.output.row(i) += weight * value.row(j);
        }
    }
    return result;
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    if (scores.cols() == 0) throw WrongShape("a row of nothing has no distribution");
    return finish(scores, Matrix::Zero(scores.cols(), 1), Mask()).weights;
}

Mask causal_mask(Index n_queries, Index n_keys) {
    if (n_queries < 0 || n_keys < 0) throw WrongShape("a size is negative");
    Mask mask = Mask::Constant(n_queries, n_keys, false);
    for (Index i = 0; i < n_queries; ++i) {
        const Index seen = n_keys - n_queries + i + 1;
        if (seen > 0) mask.row(i).head(seen).setConstant(true);
    }
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    if (n_queries < 0) throw WrongShape("a size is negative");
    Mask mask(n_queries, static_cast<Index>(key_is_token.size()));
    for (std::size_t j = 0; j < key_is_token.size(); ++j) mask.col(static_cast<Index>(j)).fill(key_is_token[j]);
    return mask;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    agree("widths of query and key", query.cols(), key.cols());
    check(query.rows(), key.rows(), value, Mask());
    return finish(query * key.transpose() / std::sqrt(static_cast<Scalar>(key.cols())), value, Mask());
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    agree("widths of query and key", query.cols(), key.cols());
    check(query.rows(), key.rows(), value, mask);
    return finish(query * key.transpose() / std::sqrt(static_cast<Scalar>(key.cols())), value, mask);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    agree("width of tokens and rows of W_Q", tokens.cols(), projections.query.rows());
    agree("width of memory and rows of W_K", memory.cols(), projections.key.rows());
    agree("width of memory and rows of W_V", memory.cols(), projections.value.rows());
    agree("columns of W_Q and W_K", projections.query.cols(), projections.key.cols());
    const Matrix value = memory * projections.value;
    check(tokens.rows(), memory.rows(), value, mask);
    const Matrix query = tokens * projections.query / std::sqrt(static_cast<Scalar>(projections.key.cols()));
    return finish(query * (memory * projections.key).transpose(), value, mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    agree("width of query and rows of W", query.cols(), weights.query.rows());
    agree("width of key and rows of U", key.cols(), weights.key.rows());
    agree("columns of W and length of v", weights.query.cols(), weights.v.size());
    agree("columns of U and length of v", weights.key.cols(), weights.v.size());
    check(query.rows(), key.rows(), value, mask);
    Matrix scores(query.rows(), key.rows());
    const Matrix from_key = (key * weights.key).transpose();  // d_hidden x n_keys
    for (Index i = 0; i < query.rows(); ++i) {
        const Eigen::VectorX<Scalar> from_query = (query.row(i) * weights.query).transpose();
        scores.row(i) = weights.v * (from_key.colwise() + from_query).array().tanh().matrix();
    }
    return finish(scores, value, mask);
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    agree("width of query and rows of W", query.cols(), weight.rows());
    agree("width of key and columns of W", key.cols(), weight.cols());
    check(query.rows(), key.rows(), value, mask);
    return finish(query * (key * weight.transpose()).transpose(), value, mask);
}

}  // namespace attention
