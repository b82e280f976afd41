// A right solution in plain loops: one number after the other, attention written out, nothing called from
// the other exercise.
#include "multi_head_attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace multi_head_attention {

Matrix linear(const Matrix& input, const Linear& layer) {
    if (input.cols() != layer.weight.rows()) throw std::invalid_argument("input and weight do not fit");
    if (layer.bias.cols() != layer.weight.cols()) throw std::invalid_argument("weight and bias do not fit");
    Matrix output(input.rows(), layer.weight.cols());
    for (Index i = 0; i < output.rows(); i++) {
        for (Index o = 0; o < output.cols(); o++) {
            double sum = layer.bias(o);
            for (Index k = 0; k < input.cols(); k++) sum += double(input(i, k)) * layer.weight(k, o);
            output(i, o) = static_cast<Scalar>(sum);
        }
    }
    return output;
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    if (n_heads <= 0) throw std::invalid_argument("no heads");
    if (features.cols() % n_heads != 0) throw std::invalid_argument("heads do not divide the features");
    Index width = features.cols() / n_heads;
    std::vector<Matrix> heads(static_cast<std::size_t>(n_heads), Matrix(features.rows(), width));
    for (Index i = 0; i < features.rows(); i++) {
        for (Index j = 0; j < features.cols(); j++) {
            heads[static_cast<std::size_t>(j / width)](i, j % width) = features(i, j);
        }
    }
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    if (heads.size() == 0) throw std::invalid_argument("nothing to merge");
    for (const Matrix& head : heads) {
        if (head.rows() != heads[0].rows() || head.cols() != heads[0].cols()) {
            throw std::invalid_argument("heads of different shapes");
        }
    }
    Index width = heads[0].cols();
    Matrix features(heads[0].rows(), width * static_cast<Index>(heads.size()));
    for (Index i = 0; i < features.rows(); i++) {
        for (Index j = 0; j < features.cols(); j++) {
            features(i, j) = heads[static_cast<std::size_t>(j / width)](i, j % width);
        }
    }
    return features;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    if (n_heads <= 0) throw std::invalid_argument("no heads");
    if (query.cols() != key.cols() || key.rows() != value.rows()) throw std::invalid_argument("query, key, value");
    if (query.cols() % n_heads != 0 || value.cols() % n_heads != 0) throw std::invalid_argument("indivisible");
    bool masked = mask.size() != 0;
    if (masked && (mask.rows() != query.rows() || mask.cols() != key.rows())) throw std::invalid_argument("mask");
    Index d_head = query.cols() / n_heads, d_value = value.cols() / n_heads;

    MultiHeadResult result;
    result.output = Matrix::Zero(query.rows(), value.cols());
    for (Index h = 0; h < n_heads; h++) {
        Matrix weights = Matrix::Zero(query.rows(), key.rows());
        for (Index i = 0; i < query.rows(); i++) {
            double largest = -std::numeric_limits<double>::infinity();
            std::vector<double> scores(static_cast<std::size_t>(key.rows()), largest);
            for (Index j = 0; j < key.rows(); j++) {
                if (masked && !mask(i, j)) continue;
                double dot = 0;
                for (Index k = h * d_head; k < (h + 1) * d_head; k++) dot += double(query(i, k)) * key(j, k);
                scores[static_cast<std::size_t>(j)] = dot / std::sqrt(double(d_head));
                largest = std::max(largest, scores[static_cast<std::size_t>(j)]);
            }
            if (std::isinf(largest)) continue;  // nothing to attend to
            double sum = 0;
            for (double score : scores) sum += std::exp(score - largest);
            for (Index j = 0; j < key.rows(); j++) {
                double weight = std::exp(scores[static_cast<std::size_t>(j)] - largest) / sum;
                weights(i, j) = static_cast<Scalar>(weight);
                if (weight == 0) continue;
                for (Index k = h * d_value; k < (h + 1) * d_value; k++) {
                    result.output(i, k) += static_cast<Scalar>(weight * value(j, k));
                }
            }
        }
        result.weights.push_back(weights);
    }
    return result;
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    MultiHeadResult result = attend_heads(linear(tokens, weights.query), linear(memory, weights.key),
                                          linear(memory, weights.value), weights.n_heads, mask);
    result.output = linear(result.output, weights.output);
    return result;
}

}  // namespace multi_head_attention
