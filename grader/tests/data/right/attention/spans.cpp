// Spans, std algorithms and one template: every kind of attention is a score given as a function of (i, j).
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <stdexcept>

namespace attention {
namespace {

using Line = std::span<const Scalar>;

Line line(const Matrix& m, Index i) { return {m.data() + i * m.cols(), static_cast<std::size_t>(m.cols())}; }

Scalar dot(Line a, Line b) { return std::inner_product(a.begin(), a.end(), b.begin(), Scalar{0}); }

/// exp in place over what is finite, -infinity becomes 0.
void soften(std::span<Scalar> row) {
    const auto top = std::max_element(row.begin(), row.end());
    if (top == row.end()) return;
    if (std::isinf(*top) && *top < 0) return std::fill(row.begin(), row.end(), Scalar{0});
    const Scalar peak = *top;
    Scalar total = 0;
    for (Scalar& x : row) total += x = std::exp(x - peak);
    for (Scalar& x : row) x /= total;
}

template <class Score>
AttentionResult mix(Index n, Index m, const Matrix& value, const Mask& mask, Score score) {
    if (value.rows() != m) throw std::invalid_argument("values");
    const bool open = mask.rows() == 0 && mask.cols() == 0;
    if (!open && (mask.rows() != n || mask.cols() != m)) throw std::invalid_argument("mask");
    AttentionResult result{Matrix::Zero(n, value.cols()), Matrix(n, m)};
    for (Index i = 0; i < n; ++i) {
        const std::span<Scalar> row(result.weights.data() + i * m, static_cast<std::size_t>(m));
        for (Index j = 0; j < m; ++j) row[static_cast<std::size_t>(j)] = open || mask(i, j) ? score(i, j) : -INFINITY;
        soften(row);
        for (Index j = 0; j < m; ++j) {
            const Scalar share = row[static_cast<std::size_t>(j)];
            if (share == 0) continue;
            const Line from = line(value, j);
            Scalar* to = result.output.data() + i * value.cols();
            std::transform(from.begin(), from.end(), to, to, [=](Scalar v, Scalar sum) { return sum + share * v; });
        }
    }
    return result;
}

Matrix product(const Matrix& a, const Matrix& b) {
    if (a.cols() != b.rows()) throw std::invalid_argument("product");
    Matrix c = Matrix::Zero(a.rows(), b.cols());
    for (Index i = 0; i < a.rows(); ++i)
        for (Index k = 0; k < a.cols(); ++k)
            for (Index j = 0; j < b.cols(); ++j) c(i, j) += a(i, k) * b(k, j);
    return c;
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    Matrix copy = scores;
    for (Index i = 0; i < copy.rows(); ++i)
        soften({copy.data() + i * copy.cols(), static_cast<std::size_t>(copy.cols())});
    return copy;
}

Mask causal_mask(Index n_queries, Index n_keys) {
    Mask mask = Mask::Constant(n_queries, n_keys, false);
    for (Index i = 0; i < n_queries; ++i) {
        const Index visible = std::clamp<Index>(n_keys - (n_queries - 1 - i), 0, n_keys);
        std::fill_n(mask.data() + i * n_keys, visible, true);
    }
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Mask mask(n_queries, static_cast<Index>(key_is_token.size()));
    for (Index i = 0; i < n_queries; ++i)
        std::copy(key_is_token.begin(), key_is_token.end(), mask.data() + i * mask.cols());
    return mask;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, {});
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    if (query.cols() != key.cols()) throw std::invalid_argument("d_k");
    const Scalar factor = query.cols() == 0 ? Scalar{1} : 1 / std::sqrt(static_cast<Scalar>(query.cols()));
    return mix(query.rows(), key.rows(), value, mask,
               [&](Index i, Index j) { return factor * dot(line(query, i), line(key, j)); });
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return masked_attention(product(tokens, projections.query), product(tokens, projections.key),
                            product(tokens, projections.value), mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    return masked_attention(product(tokens, projections.query), product(memory, projections.key),
                            product(memory, projections.value), mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    const Matrix asked = product(query, weights.query), offered = product(key, weights.key);
    if (asked.cols() != weights.v.size() || offered.cols() != weights.v.size()) throw std::invalid_argument("v");
    return mix(query.rows(), key.rows(), value, mask, [&](Index i, Index j) {
        const Line a = line(asked, i), b = line(offered, j);
        Scalar sum = 0;
        for (std::size_t h = a.size(); h-- > 0;) sum += weights.v(static_cast<Index>(h)) * std::tanh(a[h] + b[h]);
        return sum;
    });
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    if (query.cols() != weight.rows() || key.cols() != weight.cols()) throw std::invalid_argument("W");
    const Matrix turned = product(key, weight.transpose());  // the key's side first
    return mix(query.rows(), key.rows(), value, mask,
               [&](Index i, Index j) { return dot(line(query, i), line(turned, j)); });
}

}  // namespace attention
