// A right solution that never scores a hidden key: for each query it gathers the keys that are seen, works on those
// alone, from the last to the first, and halves the scale between query and key (each times d_k^(-1/4)).
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace attention {

namespace {

using Score = std::function<Scalar(Index query, Index key)>;

void insist(bool right) {
    if (!right) throw std::invalid_argument("these shapes do not fit");
}

/// Scores sorted downwards, so that the sum grows from the smallest term to the largest.
void weigh(std::vector<std::pair<Scalar, Index>>& seen) {
    std::sort(seen.begin(), seen.end());
    const Scalar top = seen.back().first;
    for (auto& [score, key] : seen) score = std::exp(score - top);
    const Scalar sum = std::accumulate(seen.begin(), seen.end(), Scalar{0},
                                       [](Scalar total, const auto& one) { return total + one.first; });
    for (auto& [weight, key] : seen) weight *= 1 / sum;
}

AttentionResult gather(Index n_queries, const Matrix& value, const Mask& mask, const Score& score) {
    AttentionResult result;
    result.output.setZero(n_queries, value.cols());
    result.weights.setZero(n_queries, value.rows());
    for (Index i = 0; i < n_queries; ++i) {
        std::vector<std::pair<Scalar, Index>> seen;
        for (Index j = value.rows() - 1; j >= 0; --j)
            if (mask.size() == 0 || mask(i, j)) seen.emplace_back(score(i, j), j);
        if (seen.empty()) continue;
        weigh(seen);
        for (const auto& [weight, j] : seen) {
            result.weights(i, j) = weight;
            result.output.row(i) += weight * value.row(j);
        }
    }
    return result;
}

void insist_on_mask(const Mask& mask, Index n_queries, Index n_keys) {
    insist(mask.size() == 0 || (mask.rows() == n_queries && mask.cols() == n_keys));
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    const Scalar hidden = -std::numeric_limits<Scalar>::infinity();
    return gather(scores.rows(), Matrix::Zero(scores.cols(), 1), scores.array() > hidden,
                  [&](Index i, Index j) { return scores(i, j); })
        .weights;
}

Mask causal_mask(Index n_queries, Index n_keys) {
    return Mask::NullaryExpr(n_queries, n_keys, [&](Index i, Index j) { return n_queries - i <= n_keys - j; });
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Mask mask(n_queries, static_cast<Index>(key_is_token.size()));
    for (Index i = 0; i < n_queries; ++i)
        std::copy(key_is_token.begin(), key_is_token.end(), &mask.data()[i * mask.cols()]);
    return mask;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, Mask());
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    insist(query.cols() == key.cols());
    insist(key.rows() == value.rows());
    insist_on_mask(mask, query.rows(), key.rows());
    const Scalar half = std::pow(static_cast<Scalar>(query.cols()), Scalar{-0.25});
    const Matrix q = half * query, k = half * key;
    return gather(q.rows(), value, mask, [&](Index i, Index j) { return k.row(j).dot(q.row(i)); });
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    insist(tokens.cols() == projections.query.rows());
    insist(memory.cols() == projections.key.rows());
    insist(memory.cols() == projections.value.rows());
    insist(projections.query.cols() == projections.key.cols());
    insist_on_mask(mask, tokens.rows(), memory.rows());
    // The mean of what is remembered first, its projection afterwards: (w M) W_V for w (M W_V).
    AttentionResult result = masked_attention(tokens * projections.query, memory * projections.key, memory, mask);
    result.output = (result.output * projections.value).eval();
    return result;
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    insist(query.cols() == weights.query.rows() && weights.query.cols() == weights.v.cols());
    insist(key.cols() == weights.key.rows() && weights.key.cols() == weights.v.cols());
    insist(key.rows() == value.rows());
    insist_on_mask(mask, query.rows(), key.rows());
    return gather(query.rows(), value, mask, [&](Index i, Index j) {
        // tanh(x) = 1 - 2 / (exp(2 x) + 1), which is 1 for large x and -1 for small.
        const RowVector x = query.row(i) * weights.query + key.row(j) * weights.key;
        Scalar score = 0;
        for (Index h = x.size() - 1; h >= 0; --h) score += weights.v(h) * (1 - 2 / (std::exp(2 * x(h)) + 1));
        return score;
    });
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    insist(query.cols() == weight.rows() && weight.cols() == key.cols());
    insist(key.rows() == value.rows());
    insist_on_mask(mask, query.rows(), key.rows());
    const Matrix turned = key * weight.transpose();  // n_keys x d_query
    return gather(query.rows(), value, mask, [&](Index i, Index j) { return turned.row(j).dot(query.row(i)); });
}

}  // namespace attention
