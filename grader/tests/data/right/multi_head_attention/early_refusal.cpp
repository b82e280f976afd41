// A right solution that refuses early and strictly: every function checks all its arguments first; no keys are
// refused, so are masks that are neither 0 x 0 nor queries x keys, and layers that are not d_model wide.
#include "multi_head_attention.hpp"

#include <sstream>
#include <stdexcept>

#include "attention.hpp"

namespace multi_head_attention {

namespace {

struct Refused : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

void agree(const char* what, Index one, Index other) {
    if (one == other) return;
    std::ostringstream text;
    text << what << ": " << one << " and " << other;
    throw Refused(text.str());
}

void divides(Index n_heads, Index columns) {
    if (n_heads < 1 || columns < 1 || columns % n_heads != 0) throw Refused("n_heads does not divide the columns");
}

void check_layer(const Linear& layer, Index d_in, Index d_out) {
    agree("rows of a weight", layer.weight.rows(), d_in);
    agree("columns of a weight", layer.weight.cols(), d_out);
    agree("length of a bias", layer.bias.size(), d_out);
}

void check_mask(const Mask& mask, Index n_queries, Index n_keys) {
    if (n_keys == 0) throw Refused("there is nothing to attend to");
    if (mask.rows() == 0 && mask.cols() == 0) return;
    agree("rows of the mask", mask.rows(), n_queries);
    agree("columns of the mask", mask.cols(), n_keys);
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) {
    check_layer(layer, input.cols(), layer.weight.cols());
    Matrix output(input.rows(), layer.weight.cols());
    for (Index i = 0; i < input.rows(); ++i) output.row(i) = layer.bias + input.row(i) * layer.weight;
    return output;
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    divides(n_heads, features.cols());
    std::vector<Matrix> heads;
    while (std::ssize(heads) < n_heads) {
        const Index width = features.cols() / n_heads;
        heads.push_back(features.block(0, std::ssize(heads) * width, features.rows(), width));
    }
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    if (heads.empty()) throw Refused("no heads");
    for (const Matrix& head : heads) {
        agree("rows of the heads", head.rows(), heads[0].rows());
        agree("columns of the heads", head.cols(), heads[0].cols());
    }
    Matrix merged(heads[0].rows(), heads[0].cols() * std::ssize(heads));
    for (Index column = 0; column < merged.cols(); ++column) {
        const Index width = heads[0].cols();
        merged.col(column) = heads[static_cast<std::size_t>(column / width)].col(column % width);
    }
    return merged;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    agree("columns of query and key", query.cols(), key.cols());
    agree("rows of key and value", key.rows(), value.rows());
    divides(n_heads, query.cols());
    if (value.cols() % n_heads != 0) throw Refused("n_heads does not divide the columns of value");
    check_mask(mask, query.rows(), key.rows());
    const Index width = query.cols() / n_heads, share = value.cols() / n_heads;
    MultiHeadResult result{Matrix::Zero(query.rows(), value.cols()), {}};
    for (Index h = 0; h < n_heads; ++h) {
        const auto head =
            attention::masked_attention(query.middleCols(h * width, width), key.middleCols(h * width, width),
                                        value.middleCols(h * share, share), mask);
        result.output.middleCols(h * share, share) = head.output;
        result.weights.push_back(head.weights);
    }
    return result;
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    const Index d_model = tokens.cols(), d_memory = memory.cols();
    check_layer(weights.query, d_model, d_model);
    check_layer(weights.key, d_memory, d_model);
    check_layer(weights.value, d_memory, d_model);
    check_layer(weights.output, d_model, d_model);
    divides(weights.n_heads, d_model);
    check_mask(mask, tokens.rows(), memory.rows());
    MultiHeadResult result = attend_heads(linear(tokens, weights.query), linear(memory, weights.key),
                                          linear(memory, weights.value), weights.n_heads, mask);
    result.output = linear(result.output, weights.output);
    return result;
}

}  // namespace multi_head_attention
