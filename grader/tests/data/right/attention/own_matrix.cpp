// A right solution with a little matrix class of its own: in from Eigen, all the work on std::vector and
// std algorithms, out to Eigen again. Hidden keys are taken out of the lists before the softmax.
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace {

using Number = qkv::Scalar;
using Line = std::vector<Number>;

struct Table {
    std::vector<Line> lines;
    std::size_t width = 0;

    Table(std::size_t height, std::size_t the_width) : lines(height, Line(the_width)), width(the_width) {}
    explicit Table(const qkv::Matrix& m) : Table(m.rows(), m.cols()) {
        for (std::size_t r = 0; r < height(); ++r) std::copy_n(m.data() + r * width, width, lines[r].begin());
    }
    operator qkv::Matrix() const {
        qkv::Matrix m(height(), width);
        for (std::size_t r = 0; r < height(); ++r) std::copy(lines[r].begin(), lines[r].end(), m.data() + r * width);
        return m;
    }
    std::size_t height() const { return lines.size(); }
    Line& operator[](std::size_t r) { return lines[r]; }
    const Line& operator[](std::size_t r) const { return lines[r]; }
};

Table operator*(const Table& a, const Table& b) {
    if (a.width != b.height()) throw std::invalid_argument("cannot multiply tables of these sizes");
    Table c(a.height(), b.width);
    for (std::size_t k = 0; k < a.width; ++k) {
        for (std::size_t r = 0; r < c.height(); ++r) {
            for (std::size_t s = 0; s < c.width; ++s) c[r][s] += a[r][k] * b[k][s];
        }
    }
    return c;
}

Number dot(const Line& a, const Line& b) {
    if (a.size() != b.size()) throw std::invalid_argument("cannot multiply lines of these sizes");
    return std::inner_product(a.rbegin(), a.rend(), b.rbegin(), Number{0});
}

/// Softmax of the scores of those who are present.
Line distribution(Line scores) {
    if (scores.empty()) return scores;
    const Number most = *std::max_element(scores.begin(), scores.end());
    std::transform(scores.begin(), scores.end(), scores.begin(), [most](Number s) { return std::exp(s - most); });
    Line sorted = scores;  // the small ones first
    std::sort(sorted.begin(), sorted.end());
    const Number sum = std::accumulate(sorted.begin(), sorted.end(), Number{0});
    for (Number& s : scores) s /= sum;
    return scores;
}

template <class Score>
attention::AttentionResult attend(const Table& queries, const Table& keys, const Table& values, const qkv::Mask& mask,
                                  Score score) {
    if (keys.height() != values.height()) throw std::invalid_argument("keys and values are not equally many");
    const bool has_mask = mask.rows() != 0 || mask.cols() != 0;
    if (has_mask && (std::size_t(mask.rows()) != queries.height() || std::size_t(mask.cols()) != keys.height())) {
        throw std::invalid_argument("this mask is for other sequences");
    }
    Table weights(queries.height(), keys.height()), output(queries.height(), values.width);
    for (std::size_t q = 0; q < queries.height(); ++q) {
        std::vector<std::size_t> present;
        Line scores;
        for (std::size_t k = 0; k < keys.height(); ++k) {
            if (has_mask && !mask(q, k)) continue;
            present.push_back(k);
            scores.push_back(score(queries[q], keys[k]));
        }
        const Line shares = distribution(scores);
        for (std::size_t n = 0; n < present.size(); ++n) {
            weights[q][present[n]] = shares[n];
            for (std::size_t c = 0; c < values.width; ++c) output[q][c] += shares[n] * values[present[n]][c];
        }
    }
    return {output, weights};
}

}  // namespace

namespace attention {

Matrix softmax_rows(const Matrix& scores) {
    Table table(scores);
    for (Line& line : table.lines) {
        Line present;
        std::copy_if(line.begin(), line.end(), std::back_inserter(present), [](Number s) { return std::isfinite(s); });
        const Line shares = distribution(present);
        auto next = shares.begin();
        for (Number& s : line) s = std::isfinite(s) ? *next++ : 0;
    }
    return table;
}

Mask causal_mask(Index n_queries, Index n_keys) {
    Mask mask(n_queries, n_keys);
    for (Index n = 0; n < mask.size(); ++n)
        mask(n / n_keys, n % n_keys) = n % n_keys - n / n_keys <= n_keys - n_queries;
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Mask mask(n_queries, Index(key_is_token.size()));
    for (Index n = 0; n < mask.size(); ++n) mask.data()[n] = key_is_token[n % key_is_token.size()];
    return mask;
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    if (query.cols() != key.cols()) throw std::invalid_argument("queries and keys must be equally wide");
    const Number root = std::sqrt(Number(query.cols()));
    return attend(Table(query), Table(key), Table(value), mask,
                  [root](const Line& q, const Line& k) { return dot(q, k) / root; });
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, Mask());
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    const Table asking(tokens), asked(memory);
    return masked_attention(asking * Table(projections.query), asked * Table(projections.key),
                            asked * Table(projections.value), mask);
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return cross_attention(tokens, tokens, projections, mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    const Line v(weights.v.data(), weights.v.data() + weights.v.size());
    if (weights.query.cols() != weights.v.size() || weights.key.cols() != weights.v.size()) {
        throw std::invalid_argument("the hidden layer has one size only");
    }
    return attend(Table(query) * Table(weights.query), Table(key) * Table(weights.key), Table(value), mask,
                  [&v](Line q, const Line& k) {
                      for (std::size_t h = 0; h < q.size(); ++h) q[h] = std::tanh(q[h] + k[h]);
                      return dot(v, q);
                  });
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    if (weight.cols() != key.cols()) throw std::invalid_argument("W and the keys do not fit");
    return attend(Table(query) * Table(weight), Table(key), Table(value), mask, dot);
}

}  // namespace attention
