// Reference: multi-head attention.
#include "multi_head_attention.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "attention.hpp"

namespace multi_head_attention {

namespace {

/// Throws a sentence that ends in both numbers.
void require(bool fits, const std::string& sentence, Index left, Index right) {
    if (!fits) throw std::invalid_argument(sentence + ": " + std::to_string(left) + " and " + std::to_string(right));
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) {
    const Index d_in = layer.weight.rows(), d_out = layer.weight.cols();
    require(input.cols() == d_in, "input must have as many columns as the weight has rows", input.cols(), d_in);
    require(layer.bias.size() == d_out, "bias must be as long as the weight is wide", layer.bias.size(), d_out);
    Matrix output = input * layer.weight;  // n_tokens x d_out
    output.rowwise() += layer.bias;
    return output;
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    const Index d_model = features.cols();
    require(n_heads >= 1 && d_model % n_heads == 0, "n_heads must divide d_model", n_heads, d_model);
    const Index d_head = d_model / n_heads;
    std::vector<Matrix> heads;
    for (Index h = 0; h < n_heads; ++h) heads.push_back(features.middleCols(h * d_head, d_head));
    return heads;  // each n_tokens x d_head
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    if (heads.empty()) throw std::invalid_argument("there must be at least one head");
    const Index n_tokens = heads.front().rows(), d_head = heads.front().cols();
    const Index n_heads = static_cast<Index>(heads.size());
    Matrix features(n_tokens, n_heads * d_head);
    for (Index h = 0; h < n_heads; ++h) {
        const Matrix& head = heads[static_cast<std::size_t>(h)];
        require(head.rows() == n_tokens, "all heads must have the same number of rows", head.rows(), n_tokens);
        require(head.cols() == d_head, "all heads must have the same number of columns", head.cols(), d_head);
        features.middleCols(h * d_head, d_head) = head;
    }
    return features;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    const std::vector<Matrix> queries = split_heads(query, n_heads);  // each n_queries x d_head
    const std::vector<Matrix> keys = split_heads(key, n_heads);       // each n_keys x d_head
    const std::vector<Matrix> values = split_heads(value, n_heads);   // each n_keys x (d_v / n_heads)
    std::vector<Matrix> outputs, weights;
    for (std::size_t h = 0; h < queries.size(); ++h) {
        attention::AttentionResult head = attention::masked_attention(queries[h], keys[h], values[h], mask);
        outputs.push_back(std::move(head.output));   // n_queries x (d_v / n_heads)
        weights.push_back(std::move(head.weights));  // n_queries x n_keys
    }
    return {merge_heads(outputs), std::move(weights)};  // n_queries x d_v
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    const Matrix query = linear(tokens, weights.query);  // n_queries x d_model
    const Matrix key = linear(memory, weights.key);      // n_keys x d_model
    const Matrix value = linear(memory, weights.value);  // n_keys x d_model
    MultiHeadResult heads = attend_heads(query, key, value, weights.n_heads, mask);
    return {linear(heads.output, weights.output), std::move(heads.weights)};  // n_queries x d_model
}

}  // namespace multi_head_attention
