// A right solution in plain loops: one number after the other, sums in std::vector<double>, each
// function written out from its formula, no matrix expression anywhere.
#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace attention {

// one row: scores -> weights
static std::vector<double> softmax(const std::vector<double>& x) {
    double top = -std::numeric_limits<double>::infinity();
    for (double value : x) top = std::max(top, value);
    std::vector<double> p(x.size(), 0.0);
    if (std::isinf(top) && top < 0) return p;
    double total = 0;
    for (std::size_t j = 0; j < x.size(); j++) {
        p[j] = std::exp(x[j] - top);
        total += p[j];
    }
    for (double& value : p) value /= total;
    return p;
}

static void check_mask(const Mask& mask, Index rows, Index cols) {
    if (mask.rows() == 0 && mask.cols() == 0) return;
    if (mask.rows() != rows || mask.cols() != cols) throw std::invalid_argument("mask has the wrong shape");
}

static bool hidden(const Mask& mask, Index i, Index j) { return mask.size() > 0 && !mask(i, j); }

// scores of one query (already masked) -> row i of the result
static void finish_row(AttentionResult& result, Index i, const std::vector<double>& scores, const Matrix& value) {
    const std::vector<double> p = softmax(scores);
    for (Index j = 0; j < value.rows(); j++) result.weights(i, j) = static_cast<Scalar>(p[j]);
    for (Index c = 0; c < value.cols(); c++) {
        double sum = 0;
        for (Index j = 0; j < value.rows(); j++) sum += p[j] * value(j, c);
        result.output(i, c) = static_cast<Scalar>(sum);
    }
}

static Matrix multiply(const Matrix& a, const Matrix& b) {
    if (a.cols() != b.rows()) throw std::invalid_argument("the inner sizes of a product differ");
    Matrix c(a.rows(), b.cols());
    for (Index i = 0; i < a.rows(); i++) {
        for (Index j = 0; j < b.cols(); j++) {
            double sum = 0;
            for (Index k = 0; k < a.cols(); k++) sum += static_cast<double>(a(i, k)) * b(k, j);
            c(i, j) = static_cast<Scalar>(sum);
        }
    }
    return c;
}

Matrix softmax_rows(const Matrix& scores) {
    Matrix weights(scores.rows(), scores.cols());
    for (Index i = 0; i < scores.rows(); i++) {
        std::vector<double> row(scores.cols());
        for (Index j = 0; j < scores.cols(); j++) row[j] = scores(i, j);
        row = softmax(row);
        for (Index j = 0; j < scores.cols(); j++) weights(i, j) = static_cast<Scalar>(row[j]);
    }
    return weights;
}

Mask causal_mask(Index n_queries, Index n_keys) {
    Mask mask(n_queries, n_keys);
    for (Index i = 0; i < n_queries; i++) {
        const Index position = n_keys - n_queries + i;
        for (Index j = 0; j < n_keys; j++) {
            if (j > position) {
                mask(i, j) = false;
            } else {
                mask(i, j) = true;
            }
        }
    }
    return mask;
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    Mask mask(n_queries, static_cast<Index>(key_is_token.size()));
    for (Index i = 0; i < mask.rows(); i++) {
        for (Index j = 0; j < mask.cols(); j++) mask(i, j) = key_is_token[j];
    }
    return mask;
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    return masked_attention(query, key, value, Mask(0, 0));
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    if (query.cols() != key.cols()) throw std::invalid_argument("d_k of query and key differ");
    if (key.rows() != value.rows()) throw std::invalid_argument("n_keys of key and value differ");
    check_mask(mask, query.rows(), key.rows());
    AttentionResult result{Matrix(query.rows(), value.cols()), Matrix(query.rows(), key.rows())};
    for (Index i = 0; i < query.rows(); i++) {
        std::vector<double> scores(key.rows());
        for (Index j = 0; j < key.rows(); j++) {
            double dot = 0;
            for (Index c = 0; c < query.cols(); c++) dot += static_cast<double>(query(i, c)) * key(j, c);
            scores[j] = dot / std::sqrt(static_cast<double>(query.cols()));
            if (hidden(mask, i, j)) scores[j] = -std::numeric_limits<double>::infinity();
        }
        finish_row(result, i, scores, value);
    }
    return result;
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    return masked_attention(multiply(tokens, projections.query), multiply(tokens, projections.key),
                            multiply(tokens, projections.value), mask);
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    return masked_attention(multiply(tokens, projections.query), multiply(memory, projections.key),
                            multiply(memory, projections.value), mask);
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    const Index d_hidden = weights.v.size();
    if (weights.query.rows() != query.cols() || weights.query.cols() != d_hidden) throw std::invalid_argument("W");
    if (weights.key.rows() != key.cols() || weights.key.cols() != d_hidden) throw std::invalid_argument("U");
    if (key.rows() != value.rows()) throw std::invalid_argument("n_keys of key and value differ");
    check_mask(mask, query.rows(), key.rows());
    AttentionResult result{Matrix(query.rows(), value.cols()), Matrix(query.rows(), key.rows())};
    for (Index i = 0; i < query.rows(); i++) {
        std::vector<double> scores(key.rows());
        for (Index j = 0; j < key.rows(); j++) {
            double score = 0;
            for (Index h = 0; h < d_hidden; h++) {
                double sum = 0;
                for (Index c = 0; c < query.cols(); c++) sum += static_cast<double>(query(i, c)) * weights.query(c, h);
                for (Index c = 0; c < key.cols(); c++) sum += static_cast<double>(key(j, c)) * weights.key(c, h);
                score += weights.v(h) * std::tanh(sum);
            }
            scores[j] = hidden(mask, i, j) ? -std::numeric_limits<double>::infinity() : score;
        }
        finish_row(result, i, scores, value);
    }
    return result;
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    if (weight.rows() != query.cols() || weight.cols() != key.cols()) throw std::invalid_argument("W");
    if (key.rows() != value.rows()) throw std::invalid_argument("n_keys of key and value differ");
    check_mask(mask, query.rows(), key.rows());
    AttentionResult result{Matrix(query.rows(), value.cols()), Matrix(query.rows(), key.rows())};
    for (Index i = 0; i < query.rows(); i++) {
        std::vector<double> scores(key.rows());
        for (Index j = 0; j < key.rows(); j++) {
            double score = 0;
            for (Index a = 0; a < query.cols(); a++) {
                for (Index b = 0; b < key.cols(); b++)
                    score += static_cast<double>(query(i, a)) * weight(a, b) * key(j, b);
            }
            scores[j] = hidden(mask, i, j) ? -std::numeric_limits<double>::infinity() : score;
        }
        finish_row(result, i, scores, value);
    }
    return result;
}

}  // namespace attention
