// A right solution in whole-matrix expressions. The norm is one scale and one shift for each row, as in
// PyTorch's own kernel: x * (gain / deviation) + (bias - mean * gain / deviation).
#include "encoder.hpp"

#include <cmath>
#include <stdexcept>

#define REFUSE_UNLESS(condition) \
    if (!(condition)) throw std::invalid_argument("expected " #condition)

namespace encoder {

using Column = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
using multi_head_attention::linear;

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    REFUSE_UNLESS(weights.gain.size() == input.cols());
    REFUSE_UNLESS(weights.bias.size() == input.cols());
    const Column mean = input.rowwise().mean();
    const Column variance = (input.colwise() - mean).array().square().rowwise().mean();
    const Column scale = (variance.array() + weights.epsilon).rsqrt();
    const Column shift = -mean.cwiseProduct(scale);
    const Matrix normal = (scale.asDiagonal() * input).colwise() + shift;
    return (normal * weights.gain.asDiagonal()).rowwise() + weights.bias;
}

Matrix activate(const Matrix& input, Activation activation) {
    if (activation == Activation::relu) return input.cwiseMax(0);
    const Matrix phi = (input * Scalar(M_SQRT1_2)).unaryExpr([](Scalar x) { return std::erf(x); }).array() * 0.5 + 0.5;
    return input.cwiseProduct(phi);
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    REFUSE_UNLESS(weights.outer.bias.size() == input.cols());
    return linear(activate(linear(input, weights.inner), activation), weights.outer);
}

/// One sublayer with its norm and its residual sum.
template <class Sublayer>
static Matrix wrapped(const Matrix& x, const LayerNormWeights& norm, bool norm_first, const Sublayer& sublayer) {
    const Matrix change = sublayer(norm_first ? layer_norm(x, norm) : x);
    REFUSE_UNLESS(change.cols() == x.cols());
    return norm_first ? Matrix(x + change) : layer_norm(x + change, norm);
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    const bool norm_first = order == NormOrder::pre;
    const Matrix h = wrapped(tokens, weights.attention_norm, norm_first, [&](const Matrix& x) {
        return multi_head_attention::multi_head_attention(x, x, weights.attention, mask).output;
    });
    return wrapped(h, weights.feed_forward_norm, norm_first,
                   [&](const Matrix& x) { return feed_forward(x, weights.feed_forward, activation); });
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    Matrix x = tokens;
    for (const auto& layer : weights.layers) x = encoder_layer(x, layer, order, activation, mask);
    return weights.final_norm ? layer_norm(x, *weights.final_norm) : x;
}

}  // namespace encoder
