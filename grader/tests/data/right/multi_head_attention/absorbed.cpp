// A right solution that never makes keys or values in multi_head_attention: W_K is absorbed into the queries, W_V
// and W_O are one matrix for each head, and the weights of a head are found key by key, with a running maximum.
#include "multi_head_attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace multi_head_attention {

namespace {

void need(bool fits) {
    if (!fits) throw std::invalid_argument("shapes or n_heads do not fit");
}

/// exp(score) / sum, row by row; whoever has no visible key has zeros.
Matrix weights_of(const Matrix& scores, const Mask& mask) {
    Matrix weights = Matrix::Zero(scores.rows(), scores.cols());
    for (Index i = 0; i < scores.rows(); ++i) {
        Scalar top = -std::numeric_limits<Scalar>::infinity(), sum = 0;
        for (Index j = 0; j < scores.cols(); ++j) {
            if (mask.size() != 0 && !mask(i, j)) continue;
            const Scalar higher = std::max(top, scores(i, j));
            sum = sum * std::exp(top - higher) + std::exp(scores(i, j) - higher);
            top = higher;
        }
        for (Index j = 0; j < scores.cols(); ++j) {
            if (mask.size() == 0 || mask(i, j)) weights(i, j) = std::exp(scores(i, j) - top) / sum;
        }
    }
    return weights;
}

void need_mask(const Mask& mask, Index n_queries, Index n_keys) {
    need(mask.size() == 0 || (mask.rows() == n_queries && mask.cols() == n_keys));
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) {
    need(input.cols() == layer.weight.rows() && layer.bias.cols() == layer.weight.cols());
    Matrix columns = layer.weight.transpose() * input.transpose();
    columns.colwise() += layer.bias.transpose();
    return columns.transpose();
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    need(n_heads > 0 && features.cols() % n_heads == 0);
    std::vector<Matrix> heads(static_cast<std::size_t>(n_heads), Matrix(features.rows(), features.cols() / n_heads));
    for (Index column = 0; column < features.cols(); ++column) {
        const Index width = features.cols() / n_heads;
        heads[static_cast<std::size_t>(column / width)].col(column % width) = features.col(column);
    }
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    need(!heads.empty());
    Matrix merged(heads.front().rows(), heads.front().cols() * static_cast<Index>(heads.size()));
    Index next = 0;
    for (const Matrix& head : heads) {
        need(head.rows() == merged.rows() && head.cols() == heads.front().cols());
        for (Index column = 0; column < head.cols(); ++column) merged.col(next++) = head.col(column);
    }
    return merged;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    need(query.cols() == key.cols() && key.rows() == value.rows());
    need_mask(mask, query.rows(), key.rows());
    const auto queries = split_heads(query, n_heads), keys = split_heads(key, n_heads);
    auto values = split_heads(value, n_heads);
    MultiHeadResult result;
    for (std::size_t h = 0; h < queries.size(); ++h) {
        const Scalar root = std::sqrt(static_cast<Scalar>(queries[h].cols()));
        result.weights.push_back(weights_of((keys[h] * (queries[h] / root).transpose()).transpose(), mask));
        values[h] = result.weights[h] * values[h];
    }
    result.output = merge_heads(values);
    return result;
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    const Index n_heads = weights.n_heads, d_model = tokens.cols();
    need(n_heads > 0 && d_model % n_heads == 0);
    for (const Linear* layer : {&weights.query, &weights.key, &weights.value, &weights.output})
        need(layer->weight.cols() == d_model && layer->bias.cols() == d_model);
    need(weights.query.weight.rows() == d_model && weights.output.weight.rows() == d_model);
    need(weights.key.weight.rows() == memory.cols() && weights.value.weight.rows() == memory.cols());
    need_mask(mask, tokens.rows(), memory.rows());
    const Index width = d_model / n_heads;
    const Matrix query = linear(tokens, weights.query) / std::sqrt(static_cast<Scalar>(width));
    MultiHeadResult result{weights.output.bias.replicate(tokens.rows(), 1), {}};
    for (Index h = 0; h < n_heads; ++h) {
        const Matrix query_h = query.middleCols(h * width, width);
        const Matrix asked = query_h * weights.key.weight.middleCols(h * width, width).transpose();
        const Matrix scores =
            (asked * memory.transpose()).colwise() + query_h * weights.key.bias.segment(h * width, width).transpose();
        const Matrix to_output = weights.output.weight.middleRows(h * width, width);
        const Matrix of_head = weights_of(scores, mask);
        result.output += of_head * memory * (weights.value.weight.middleCols(h * width, width) * to_output);
        result.output += of_head.rowwise().sum() * (weights.value.bias.segment(h * width, width) * to_output);
        result.weights.push_back(of_head);
    }
    return result;
}

}  // namespace multi_head_attention
