// A right solution that reads the keys once, as flash attention does: each query keeps a running
// maximum, a running sum and a running output, which shrink when a larger score comes along. No matrix
// of masked scores is ever made; global helpers outside the namespace, callbacks for the score.
#include "attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#define REFUSE_UNLESS(condition, text)                       \
    do {                                                     \
        if (!(condition)) throw std::invalid_argument(text); \
    } while (false)

struct Running {
    qkv::Scalar largest = -std::numeric_limits<qkv::Scalar>::infinity();
    qkv::Scalar sum = 0;

    /// Takes in one score; returns what older terms have to be multiplied with, and the new term.
    std::pair<qkv::Scalar, qkv::Scalar> take(qkv::Scalar score) {
        if (score == -std::numeric_limits<qkv::Scalar>::infinity()) return {1, 0};
        qkv::Scalar shrink = 1, term = 1;
        if (score > largest) {
            shrink = std::exp(largest - score);  // 0 for the first one
            largest = score;
        } else {
            term = std::exp(score - largest);
        }
        sum = sum * shrink + term;
        return {shrink, term};
    }
};

template <class Score>
attention::AttentionResult stream(qkv::Index n_queries, qkv::Index n_keys, const qkv::Matrix& value,
                                  const qkv::Mask& mask, Score score) {
    REFUSE_UNLESS(value.rows() == n_keys, "one value for each key");
    const bool all = mask.rows() == 0 && mask.cols() == 0;
    REFUSE_UNLESS(all || (mask.rows() == n_queries && mask.cols() == n_keys), "mask: queries x keys");
    qkv::Matrix output = qkv::Matrix::Zero(n_queries, value.cols()), weights = qkv::Matrix::Zero(n_queries, n_keys);
    for (qkv::Index i = 0; i < n_queries; ++i) {
        Running running;
        for (qkv::Index j = 0; j < n_keys; ++j) {
            if (!all && !mask(i, j)) continue;
            const auto [shrink, term] = running.take(score(i, j));
            weights.row(i).head(j) *= shrink;
            weights(i, j) = term;
            output.row(i) = output.row(i) * shrink + term * value.row(j);
        }
        if (running.sum == 0) continue;
        weights.row(i) /= running.sum;
        output.row(i) /= running.sum;
    }
    return {output, weights};
}

qkv::Matrix attention::softmax_rows(const Matrix& scores) {
    Matrix weights = scores;
    for (Index i = 0; i < scores.rows(); ++i) {
        Running running;
        for (Index j = 0; j < scores.cols(); ++j) running.take(scores(i, j));
        for (Index j = 0; j < scores.cols(); ++j) {
            weights(i, j) = running.sum > 0 ? std::exp(scores(i, j) - running.largest) / running.sum : 0;
        }
    }
    return weights;
}

qkv::Mask attention::causal_mask(Index n_queries, Index n_keys) {
    Mask mask(n_queries, n_keys);
    mask.setZero();
    for (Index j = 0; j < n_keys; ++j) {
        // Key j is seen by all who stand at j or later.
        for (Index i = n_queries - 1; i >= 0 && i + n_keys >= j + n_queries; --i) mask(i, j) = true;
    }
    return mask;
}

qkv::Mask attention::padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Mask mask(n_queries, key_is_token.size());
    bool* next = mask.data();
    while (n_queries-- > 0) next = std::copy(key_is_token.begin(), key_is_token.end(), next);
    return mask;
}

attention::AttentionResult attention::scaled_dot_product_attention(const Matrix& query, const Matrix& key,
                                                                   const Matrix& value) {
    return masked_attention(query, key, value, {});
}

attention::AttentionResult attention::masked_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                                       const Mask& mask) {
    REFUSE_UNLESS(query.cols() == key.cols(), "d_k");
    // The fourth root on either side.
    const Scalar root = std::sqrt(std::sqrt(static_cast<Scalar>(query.cols())));
    const Matrix q = query / root, k = key / root;
    return stream(q.rows(), k.rows(), value, mask, [&](Index i, Index j) { return q.row(i).dot(k.row(j)); });
}

attention::AttentionResult attention::cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& p,
                                                      const Mask& mask) {
    REFUSE_UNLESS(tokens.cols() == p.query.rows(), "W_Q");
    REFUSE_UNLESS(memory.cols() == p.key.rows(), "W_K");
    REFUSE_UNLESS(memory.cols() == p.value.rows(), "W_V");
    return masked_attention(tokens * p.query, memory * p.key, memory * p.value, mask);
}

attention::AttentionResult attention::self_attention(const Matrix& tokens, const Projections& p, const Mask& mask) {
    return cross_attention(tokens, tokens, p, mask);
}

attention::AttentionResult attention::additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                                         const AdditiveWeights& weights, const Mask& mask) {
    REFUSE_UNLESS(query.cols() == weights.query.rows() && key.cols() == weights.key.rows(), "rows of W, U");
    REFUSE_UNLESS(weights.v.cols() == weights.query.cols() && weights.v.cols() == weights.key.cols(), "d_hidden");
    return stream(query.rows(), key.rows(), value, mask, [&](Index i, Index j) {
        const RowVector hidden = query.row(i) * weights.query + key.row(j) * weights.key;
        return hidden.array().tanh().matrix().dot(weights.v);
    });
}

attention::AttentionResult attention::bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                                         const Matrix& weight, const Mask& mask) {
    REFUSE_UNLESS(query.cols() == weight.rows() && key.cols() == weight.cols(), "W");
    return stream(query.rows(), key.rows(), value, mask,
                  [&](Index i, Index j) { return (query.row(i) * weight).dot(key.row(j)); });
}
