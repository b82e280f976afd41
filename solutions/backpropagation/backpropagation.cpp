// Reference: the way back through the layers of a Transformer.
#include "backpropagation.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "attention.hpp"

namespace backpropagation {

using multi_head_attention::attend_heads;
using multi_head_attention::linear;
using multi_head_attention::merge_heads;
using multi_head_attention::split_heads;

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

/// Throws a sentence that ends in both shapes.
void require_shape(const std::string& what, const Matrix& found, Index rows, Index columns) {
    const auto shape = [](Index height, Index width) { return std::to_string(height) + " x " + std::to_string(width); };
    require(found.rows() == rows && found.cols() == columns,
            what + " must be " + shape(rows, columns) + ", it is " + shape(found.rows(), found.cols()));
}

/// An id must have a row, or a class its logit.
std::size_t checked(const TokenIds& ids, Index count) {
    for (const int id : ids)
        require(id >= 0 && id < count, "id " + std::to_string(id) + " is not from 0 to " + std::to_string(count - 1));
    return ids.size();
}

}  // namespace

LinearGradients linear_backward(const Matrix& input, const Linear& layer, const Matrix& upstream) {
    const Index d_in = layer.weight.rows(), d_out = layer.weight.cols();
    require_shape("the input", input, input.rows(), d_in);
    require_shape("the bias", layer.bias, 1, d_out);
    require_shape("upstream", upstream, input.rows(), d_out);
    return {upstream * layer.weight.transpose(), {input.transpose() * upstream, upstream.colwise().sum()}};
}

Matrix embedding_backward(const TokenIds& ids, Index n_vocabulary, const Matrix& upstream) {
    require(n_vocabulary >= 0, "a table cannot have " + std::to_string(n_vocabulary) + " rows");
    require_shape("upstream", upstream, static_cast<Index>(checked(ids, n_vocabulary)), upstream.cols());
    Matrix table = Matrix::Zero(n_vocabulary, upstream.cols());
    for (Index i = 0; i < upstream.rows(); ++i) table.row(ids[static_cast<std::size_t>(i)]) += upstream.row(i);
    return table;
}

Matrix softmax_backward(const Matrix& weights, const Matrix& upstream) {
    require_shape("upstream", upstream, weights.rows(), weights.cols());
    const Matrix mean = weights.cwiseProduct(upstream).rowwise().sum();  // n_queries x 1: of upstream, weighted
    return weights.cwiseProduct(upstream.colwise() - mean.col(0));
}

CrossEntropy cross_entropy(const Matrix& logits, const TokenIds& targets, Scalar smoothing) {
    const Index n_tokens = logits.rows(), n_classes = logits.cols();
    require(n_tokens > 0, "the mean of no tokens is not defined");
    require(smoothing >= 0 && smoothing <= 1, "smoothing must be from 0 to 1, it is " + std::to_string(smoothing));
    require(static_cast<Index>(checked(targets, n_classes)) == n_tokens, "there must be one target for each token");
    Matrix due = Matrix::Constant(n_tokens, n_classes, smoothing / static_cast<Scalar>(n_classes));
    for (Index i = 0; i < n_tokens; ++i) due(i, targets[static_cast<std::size_t>(i)]) += 1 - smoothing;
    const Matrix shifted = logits.colwise() - logits.rowwise().maxCoeff();  // no exp overflows, no log is of 0
    const Matrix log_sum = shifted.array().exp().rowwise().sum().log();     // n_tokens x 1
    const Matrix log_p = shifted.colwise() - log_sum.col(0);
    const auto count = static_cast<Scalar>(n_tokens);
    return {-due.cwiseProduct(log_p).sum() / count, (log_p.array().exp() - due.array()) / count};
}

LayerNormGradients layer_norm_backward(const Matrix& input, const RowVector& gain, Scalar epsilon,
                                       const Matrix& upstream) {
    const Index n_tokens = input.rows(), d_model = input.cols();
    require_shape("the gain", gain, 1, d_model);
    require_shape("upstream", upstream, n_tokens, d_model);
    const auto count = static_cast<Scalar>(d_model);
    Matrix of_input(n_tokens, d_model);
    RowVector of_gain = RowVector::Zero(d_model);
    for (Index i = 0; i < n_tokens; ++i) {
        const RowVector centred = input.row(i).array() - input.row(i).mean();
        const Scalar deviation = std::sqrt(centred.squaredNorm() / count + epsilon);
        const RowVector normal = centred / deviation;
        const RowVector g = upstream.row(i).cwiseProduct(gain);
        of_input.row(i) = (g.array() - g.mean() - normal.array() * (g.dot(normal) / count)) / deviation;
        of_gain += upstream.row(i).cwiseProduct(normal);
    }
    return {of_input, of_gain, upstream.colwise().sum()};
}

AttentionGradients attention_backward(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask,
                                      const Matrix& upstream) {
    const Matrix weights = attention::masked_attention(query, key, value, mask).weights;  // n_queries x n_keys
    require_shape("upstream", upstream, query.rows(), value.cols());
    const Scalar scale = 1 / std::sqrt(static_cast<Scalar>(key.cols()));
    const Matrix scores = scale * softmax_backward(weights, upstream * value.transpose());  // of query * key^T
    return {scores * key, scores.transpose() * query, weights.transpose() * upstream};
}

MultiHeadGradients multi_head_attention_backward(const Matrix& tokens, const Matrix& memory,
                                                 const MultiHeadWeights& weights, const Mask& mask,
                                                 const Matrix& upstream) {
    const Matrix query = linear(tokens, weights.query);  // n_queries x d_model
    const Matrix key = linear(memory, weights.key);      // n_keys x d_model
    const Matrix value = linear(memory, weights.value);  // n_keys x d_model
    const Matrix concat = attend_heads(query, key, value, weights.n_heads, mask).output;
    const LinearGradients output = linear_backward(concat, weights.output, upstream);

    const auto split = [&](const Matrix& features) { return split_heads(features, weights.n_heads); };
    const std::vector<Matrix> queries = split(query), keys = split(key), values = split(value);
    const std::vector<Matrix> upstreams = split(output.input);  // each n_queries x d_head
    std::vector<Matrix> of_queries, of_keys, of_values;
    for (std::size_t h = 0; h < queries.size(); ++h) {
        const AttentionGradients head = attention_backward(queries[h], keys[h], values[h], mask, upstreams[h]);
        of_queries.push_back(head.query);
        of_keys.push_back(head.key);
        of_values.push_back(head.value);
    }
    const LinearGradients to_query = linear_backward(tokens, weights.query, merge_heads(of_queries));
    const LinearGradients to_key = linear_backward(memory, weights.key, merge_heads(of_keys));
    const LinearGradients to_value = linear_backward(memory, weights.value, merge_heads(of_values));
    return {to_query.input,
            to_key.input + to_value.input,
            {to_query.layer, to_key.layer, to_value.layer, output.layer, weights.n_heads}};
}

}  // namespace backpropagation
