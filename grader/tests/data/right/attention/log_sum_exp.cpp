// A right solution in the log domain: weight = exp(score - logsumexp(row)), sums taken in pairs,
// halves first; hidden keys are left out of the sums instead of being given a score.
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>

namespace attention {

namespace {

using Term = std::function<Scalar(Index)>;

/// term(first) + ... + term(last - 1), by halves.
Scalar pairwise_sum(Index first, Index last, const Term& term) {
    if (last - first <= 0) return 0;
    if (last - first == 1) return term(first);
    const Index middle = first + (last - first) / 2;
    return pairwise_sum(middle, last, term) + pairwise_sum(first, middle, term);
}

/// log of the sum of exp(score(j)) over the keys that are seen; nothing if none is.
std::optional<Scalar> log_sum_exp(Index n_keys, const Term& score, const std::function<bool(Index)>& seen) {
    std::optional<Scalar> largest;
    for (Index j = n_keys - 1; j >= 0; --j) {
        if (seen(j)) largest = std::max(largest.value_or(score(j)), score(j));
    }
    if (!largest) return std::nullopt;
    const Scalar sum =
        pairwise_sum(0, n_keys, [&](Index j) { return seen(j) ? std::exp(score(j) - *largest) : Scalar{0}; });
    return *largest + std::log(sum);
}

void weigh_row(Matrix& weights, Index i, const Matrix& scores, const std::function<bool(Index)>& seen) {
    const auto score = [&](Index j) { return scores(i, j); };
    const std::optional<Scalar> log_total = log_sum_exp(scores.cols(), score, seen);
    for (Index j = 0; j < scores.cols(); ++j) {
        weights(i, j) = log_total && seen(j) ? std::exp(scores(i, j) - *log_total) : Scalar{0};
    }
}

Matrix product(const Matrix& left, const Matrix& right) {
    Matrix result(left.rows(), right.cols());
    for (Index i = 0; i < result.rows(); ++i) {
        for (Index j = 0; j < result.cols(); ++j) {
            result(i, j) = pairwise_sum(0, left.cols(), [&](Index k) { return left(i, k) * right(k, j); });
        }
    }
    return result;
}

AttentionResult from_scores(const Matrix& scores, const Matrix& value, const Mask& mask) {
    if (value.rows() != scores.cols()) throw std::invalid_argument("as many values as keys, please");
    const bool masked = mask.size() > 0;
    if (masked && mask.rows() != scores.rows()) throw std::invalid_argument("the mask needs one row for each query");
    if (masked && mask.cols() != scores.cols()) throw std::invalid_argument("the mask needs one column for each key");
    Matrix weights(scores.rows(), scores.cols());
    for (Index i = 0; i < scores.rows(); ++i) {
        weigh_row(weights, i, scores, [&](Index j) { return !masked || mask(i, j); });
    }
    return {product(weights, value), weights};
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    Matrix weights(scores.rows(), scores.cols());
    for (Index i = scores.rows() - 1; i >= 0; --i) {
        weigh_row(weights, i, scores, [&](Index j) { return scores(i, j) > std::numeric_limits<Scalar>::lowest(); });
    }
    return weights;
}

Mask causal_mask(Index n_queries, Index n_keys) {
    // From the last query, which sees everything, back to the first.
    Mask mask = Mask::Constant(n_queries, n_keys, true);
    for (Index back = 0; back < n_queries; ++back) {
        mask.row(n_queries - 1 - back).tail(std::min(back, n_keys)).setConstant(false);
    }
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    return Mask::NullaryExpr(n_queries, static_cast<Index>(key_is_token.size()),
                             [&](Index, Index j) { return bool(key_is_token.at(static_cast<std::size_t>(j))); });
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    if (query.cols() != key.cols()) throw std::invalid_argument("query and key are of different width");
    Matrix scores = product(query, key.transpose());
    scores *= std::pow(static_cast<Scalar>(key.cols()), Scalar{-0.5});
    return from_scores(scores, value, Mask());
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    if (mask.size() == 0) return scaled_dot_product_attention(query, key, value);
    if (query.cols() != key.cols()) throw std::invalid_argument("query and key are of different width");
    Matrix scores = product(query, key.transpose());
    scores *= std::pow(static_cast<Scalar>(key.cols()), Scalar{-0.5});
    return from_scores(scores, value, mask);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    const auto project = [](const Matrix& sequence, const Matrix& weight) {
        if (sequence.cols() != weight.rows()) throw std::invalid_argument("a projection does not fit its sequence");
        return product(sequence, weight);
    };
    return masked_attention(project(tokens, projections.query), project(memory, projections.key),
                            project(memory, projections.value), mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    const auto& [w, u, v] = weights;
    const bool fits =
        query.cols() == w.rows() && key.cols() == u.rows() && w.cols() == u.cols() && u.cols() == v.cols();
    if (!fits) throw std::invalid_argument("the weights of the scoring network do not fit");
    const Matrix asked = product(query, w), offered = product(key, u);
    Matrix scores(query.rows(), key.rows());
    for (Index j = 0; j < key.rows(); ++j) {
        for (Index i = 0; i < query.rows(); ++i) {
            scores(i, j) = pairwise_sum(0, weights.v.cols(),
                                        [&](Index h) { return std::tanh(asked(i, h) + offered(j, h)) * weights.v(h); });
        }
    }
    return from_scores(scores, value, mask);
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    if (query.cols() != weight.rows() || key.cols() != weight.cols()) throw std::invalid_argument("W does not fit");
    return from_scores(product(product(query, weight), key.transpose()), value, mask);
}

}  // namespace attention
