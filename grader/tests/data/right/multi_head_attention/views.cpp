// A right solution as carried over from PyTorch: x.view(n, heads, d_head).transpose(0, 1) is a map over the same
// numbers with a stride of d_model; the inner attention is the one of the first exercise.
#include "multi_head_attention.hpp"

#include <cstring>
#include <numeric>
#include <stdexcept>
#include <string>

#include "attention.hpp"

namespace multi_head_attention {

namespace {

using View = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;
using Slot = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;

Index head_width(Index d_model, Index n_heads) {
    if (n_heads >= 1 && d_model % n_heads == 0) return d_model / n_heads;
    throw std::invalid_argument(std::to_string(n_heads) + " heads cannot share " + std::to_string(d_model) +
                                " features");
}

View view(const Eigen::Ref<const Matrix>& x, Index h, Index d_head) {
    return {x.data() + h * d_head, x.rows(), d_head, Eigen::OuterStride<>(x.outerStride())};
}

}  // namespace

Matrix linear(const Matrix& input, const Linear& layer) {
    const auto& [weight, bias] = layer;
    if (weight.rows() != input.cols()) throw std::invalid_argument("d_in");
    if (bias.cols() != weight.cols()) throw std::invalid_argument("d_out");
    Matrix extended(input.rows(), input.cols() + 1), stacked(weight.rows() + 1, weight.cols());
    extended << input, Matrix::Ones(input.rows(), 1);
    stacked << weight, bias;
    return (stacked.transpose() * extended.transpose()).transpose();
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    const Index d_head = head_width(features.cols(), n_heads);
    std::vector<Matrix> heads;
    heads.reserve(static_cast<std::size_t>(n_heads));
    for (Index h = 0; h < n_heads; ++h) heads.emplace_back(view(features, h, d_head));
    return heads;
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    if (heads.empty()) throw std::invalid_argument("torch.cat of nothing");
    const Index rows = heads[0].rows(), d_head = heads[0].cols();
    Matrix features(rows, std::accumulate(heads.begin(), heads.end(), Index{0}, [&](Index sum, const Matrix& head) {
                        if (head.rows() != rows || head.cols() != d_head)
                            throw std::invalid_argument("torch.stack of different shapes");
                        return sum + head.cols();
                    }));
    for (Index h = 0; h < std::ssize(heads); ++h)
        Slot(features.data() + h * d_head, rows, d_head, Eigen::OuterStride<>(features.cols())) =
            heads[static_cast<std::size_t>(h)];
    return features;
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    const Index d_k = head_width(query.cols(), n_heads), d_v = head_width(value.cols(), n_heads);
    if (head_width(key.cols(), n_heads) != d_k) throw std::invalid_argument("query and key");
    MultiHeadResult result{Matrix(query.rows(), value.cols()), std::vector<Matrix>(static_cast<std::size_t>(n_heads))};
    for (Index h = n_heads - 1; h >= 0; --h) {
        attention::AttentionResult head =
            attention::masked_attention(view(query, h, d_k), view(key, h, d_k), view(value, h, d_v), mask);
        Slot(result.output.data() + h * d_v, query.rows(), d_v, Eigen::OuterStride<>(value.cols())) = head.output;
        result.weights[static_cast<std::size_t>(h)].swap(head.weights);
    }
    return result;
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    const Matrix q = linear(tokens, weights.query), k = linear(memory, weights.key), v = linear(memory, weights.value);
    auto [x, attention] = attend_heads(q, k, v, weights.n_heads, mask);
    return {linear(x, weights.output), std::move(attention)};
}

}  // namespace multi_head_attention
