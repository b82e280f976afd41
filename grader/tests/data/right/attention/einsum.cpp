// A right solution by sums over indices, as numpy.einsum writes them: tensors are flat vectors with a shape, Kahan's
// sum keeps what a sum loses, additive attention is a tensor queries x keys x hidden. No Eigen but at both ends.
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace attention {

namespace {

using Numbers = std::vector<Scalar>;

Numbers flat(const Matrix& matrix) { return {matrix.data(), matrix.data() + matrix.size()}; }

Matrix shaped(const Numbers& numbers, Index rows, Index cols) {
    return Eigen::Map<const Matrix>(numbers.data(), rows, cols);
}

class Kahan {
public:
    void operator+=(Scalar term) {
        const Scalar next = sum + term;
        if (std::isfinite(next)) lost += std::abs(sum) >= std::abs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    operator Scalar() const { return sum + lost; }

private:
    Scalar sum = 0, lost = 0;
};

/// "ik,jk->ij"
Numbers ik_jk_ij(const Numbers& a, const Numbers& b, Index is, Index js, Index ks) {
    Numbers c;
    for (Index i = 0; i < is; ++i)
        for (Index j = 0; j < js; ++j) {
            Kahan sum;
            for (Index k = 0; k < ks; ++k) sum += a.at(i * ks + k) * b.at(j * ks + k);
            c.push_back(sum);
        }
    return c;
}

/// "ik,kj->ij"
Numbers ik_kj_ij(const Numbers& a, const Numbers& b, Index is, Index js, Index ks) {
    Numbers turned(b.size());
    for (Index k = 0; k < ks; ++k)
        for (Index j = 0; j < js; ++j) turned.at(j * ks + k) = b.at(k * js + j);
    return ik_jk_ij(a, turned, is, js, ks);
}

void softmax(Numbers::iterator first, Numbers::iterator last) {
    if (first == last) return;
    const Scalar top = *std::max_element(first, last);
    if (std::isinf(top)) return std::fill(first, last, Scalar{0});
    std::transform(first, last, first, [top](Scalar x) { return std::exp(x - top); });
    Kahan sum;
    for (auto one = first; one != last; ++one) sum += *one;
    std::transform(first, last, first, std::bind(std::divides<Scalar>(), std::placeholders::_1, Scalar{sum}));
}

AttentionResult finish(Numbers scores, Index n_queries, const Matrix& value, const Mask& mask) {
    const Index n_keys = value.rows();
    if (mask.size() != 0) {
        if (mask.rows() != n_queries || mask.cols() != n_keys) throw std::invalid_argument("mask: queries x keys");
        std::transform(scores.begin(), scores.end(), mask.data(), scores.begin(),
                       [](Scalar score, bool seen) { return seen ? score : -std::numeric_limits<Scalar>::infinity(); });
    }
    for (Index i = 0; i < n_queries; ++i) softmax(scores.begin() + i * n_keys, scores.begin() + (i + 1) * n_keys);
    return {shaped(ik_kj_ij(scores, flat(value), n_queries, value.cols(), n_keys), n_queries, value.cols()),
            shaped(scores, n_queries, n_keys)};
}

void same(Index a, Index b) {
    if (a != b) throw std::invalid_argument(std::to_string(a) + " != " + std::to_string(b));
}

Numbers times(const Matrix& a, const Matrix& b) {
    same(a.cols(), b.rows());
    return ik_kj_ij(flat(a), flat(b), a.rows(), b.cols(), a.cols());
}

}  // namespace

Matrix softmax_rows(const Matrix& scores) {
    Numbers numbers = flat(scores);
    for (Index i = 0; i < scores.rows(); ++i)
        softmax(numbers.begin() + i * scores.cols(), numbers.begin() + (i + 1) * scores.cols());
    return shaped(numbers, scores.rows(), scores.cols());
}

Mask causal_mask(Index n_queries, Index n_keys) {
    Mask mask(n_queries, n_keys);
    for (Index at = 0; at < mask.size(); ++at) mask.data()[at] = at % n_keys - n_keys <= at / n_keys - n_queries;
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    const auto n_keys = static_cast<Index>(key_is_token.size());
    Mask mask(n_queries, n_keys);
    for (Index at = 0; at < mask.size(); ++at) mask.data()[at] = key_is_token[static_cast<std::size_t>(at % n_keys)];
    return mask;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, {});
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    same(query.cols(), key.cols());
    same(key.rows(), value.rows());
    const Index d_k = key.cols();
    Numbers scaled = flat(key);
    for (Scalar& number : scaled) number *= std::pow(static_cast<Scalar>(d_k), Scalar{-0.5});
    return finish(ik_jk_ij(flat(query), scaled, query.rows(), key.rows(), d_k), query.rows(), value, mask);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    const Numbers query = times(tokens, projections.query), key = times(memory, projections.key),
                  value = times(memory, projections.value);
    return masked_attention(shaped(query, tokens.rows(), projections.query.cols()),
                            shaped(key, memory.rows(), projections.key.cols()),
                            shaped(value, memory.rows(), projections.value.cols()), mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    same(weights.query.cols(), weights.v.size());
    same(weights.key.cols(), weights.v.size());
    same(key.rows(), value.rows());
    const Numbers q = times(query, weights.query), k = times(key, weights.key);
    const Index n = query.rows(), m = key.rows(), d = weights.v.size();
    Numbers hidden(static_cast<std::size_t>(n * m * d));
    for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < m; ++j)
            for (Index h = 0; h < d; ++h) hidden.at((i * m + j) * d + h) = std::tanh(q.at(i * d + h) + k.at(j * d + h));
    return finish(ik_jk_ij(hidden, flat(weights.v), n * m, 1, d), n, value, mask);
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    same(weight.cols(), key.cols());
    same(key.rows(), value.rows());
    return finish(ik_jk_ij(times(query, weight), flat(key), query.rows(), key.rows(), key.cols()), query.rows(), value,
                  mask);
}

}  // namespace attention
