// A right solution by halves: the keys are halved until one is left, and what two halves found (the largest score, the
// sum, the mean of the values) is joined, as in a parallel reduction. The weights come from the joined result.
#include "attention.hpp"

#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>

namespace attention {

namespace {

constexpr Scalar nothing = -std::numeric_limits<Scalar>::infinity();

struct Found {
    Scalar top = nothing, sum = 0;
    RowVector mean;
};

Found joined(Found left, const Found& right) {
    if (right.top == nothing) return left;
    if (left.top == nothing) return right;
    const Scalar top = left.top < right.top ? right.top : left.top;
    const Scalar a = left.sum * std::exp(left.top - top), b = right.sum * std::exp(right.top - top);
    left.top = top;
    left.sum = a + b;
    left.mean = (a / (a + b)) * left.mean + (b / (a + b)) * right.mean;
    return left;
}

template <std::invocable<Index> Score>
Found reduce(Index first, Index last, const Matrix& value, const Score& score) {
    if (first == last) return {nothing, 0, RowVector::Zero(value.cols())};
    if (first + 1 == last) return {score(first), 1, value.row(first)};
    const Index middle = (first + last + 1) / 2;
    return joined(reduce(first, middle, value, score), reduce(middle, last, value, score));
}

template <std::invocable<Index, Index> Score>
AttentionResult over(Index n_queries, Index n_keys, const Matrix& value, const Score& score) {
    AttentionResult result{Matrix(n_queries, value.cols()), Matrix::Zero(n_queries, n_keys)};
    for (Index i = 0; i != n_queries; ++i) {
        RowVector row(n_keys);
        for (Index j = 0; j != n_keys; ++j) row(j) = score(i, j);
        const Found found = reduce(0, n_keys, value, [&](Index j) { return row(j); });
        if (found.top == nothing) {
            result.output.row(i).setZero();
            continue;
        }
        result.output.row(i) = found.mean;
        for (Index j = 0; j != n_keys; ++j)
            if (row(j) != nothing) result.weights(i, j) = std::exp(row(j) - found.top) / found.sum;
    }
    return result;
}

template <std::invocable<Index, Index> Score>
AttentionResult masked(Index n_queries, const Matrix& key, const Matrix& value, const Mask& mask, const Score& score) {
    if (key.rows() != value.rows()) throw std::invalid_argument("keys without values");
    if (!mask.size()) return over(n_queries, key.rows(), value, score);
    if (mask.rows() != n_queries || mask.cols() != key.rows()) throw std::invalid_argument("another mask");
    return over(n_queries, key.rows(), value, [&](Index i, Index j) { return mask(i, j) ? score(i, j) : nothing; });
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    return over(scores.rows(), scores.cols(), Matrix(scores.cols(), 0), [&](Index i, Index j) { return scores(i, j); })
        .weights;
}

Mask causal_mask(Index n_queries, Index n_keys) {
    Mask mask(n_queries, n_keys);
    for (Index i = 0; i < n_queries; ++i)
        for (Index j = 0; j < n_keys; ++j) mask(i, j) = j + n_queries <= i + n_keys;
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Mask mask = Mask::Constant(n_queries, static_cast<Index>(key_is_token.size()), true);
    for (std::size_t j = 0; j < key_is_token.size(); ++j)
        if (!key_is_token[j]) mask.col(static_cast<Index>(j)) = false;
    return mask;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, Mask(0, 0));
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    if (query.cols() != key.cols()) throw std::invalid_argument("d_k");
    const Scalar root = std::sqrt(static_cast<Scalar>(key.cols()));
    const Matrix small = key / root;
    return masked(query.rows(), key, value, mask, [&](Index i, Index j) { return query.row(i).dot(small.row(j)); });
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    const auto times = [](const Matrix& a, const Matrix& b) -> Matrix {
        if (a.cols() != b.rows()) throw std::invalid_argument("a projection of other tokens");
        return a * b;
    };
    return masked_attention(times(tokens, projections.query), times(memory, projections.key),
                            times(memory, projections.value), mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    // [query, key] times [W; U].
    if (weights.query.cols() != weights.key.cols() || weights.v.cols() != weights.key.cols())
        throw std::invalid_argument("d_hidden");
    if (weights.query.rows() != query.cols() || weights.key.rows() != key.cols()) throw std::invalid_argument("W or U");
    Matrix both(query.cols() + key.cols(), weights.v.cols());
    both << weights.query, weights.key;
    return masked(query.rows(), key, value, mask, [&](Index i, Index j) {
        RowVector pair(query.cols() + key.cols());
        pair << query.row(i), key.row(j);
        const RowVector x = pair * both;
        Scalar score = 0;
        for (Index h = 0; h != x.size(); ++h) score += std::tanh(x(h)) * weights.v(h);
        return score;
    });
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    if (weight.rows() != query.cols() || weight.cols() != key.cols()) throw std::invalid_argument("W");
    return masked(query.rows(), key, value, mask,
                  [&](Index i, Index j) { return (query.row(i) * weight * key.row(j).transpose()).value(); });
}

}  // namespace attention
