// Reference: layer normalisation, feed-forward network, encoder layer in both norm orders, the stack.
#include "encoder.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace encoder {

using multi_head_attention::linear;

namespace {

/// Refuses what is not as wide as a token.
void require_columns(const std::string& what, Index columns, Index d_model) {
    if (columns == d_model) return;
    throw std::invalid_argument(what + " has " + std::to_string(columns) + " columns, but there are " +
                                std::to_string(d_model) + " features");
}

/// x times the probability that a standard normal number is at most x.
Scalar gelu(Scalar x) { return x / 2 * (1 + std::erf(x / std::numbers::sqrt2_v<Scalar>)); }

}  // namespace

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    const Index d_model = input.cols();
    require_columns("the gain", weights.gain.cols(), d_model);
    require_columns("the bias of a norm", weights.bias.cols(), d_model);
    if (input.size() == 0) return input;  // no mean of nothing
    Matrix output(input.rows(), d_model);
    for (Index i = 0; i < input.rows(); ++i) {
        const RowVector centred = input.row(i).array() - input.row(i).mean();
        const Scalar variance = centred.squaredNorm() / static_cast<Scalar>(d_model);
        const RowVector normal = centred / std::sqrt(variance + weights.epsilon);
        output.row(i) = normal.cwiseProduct(weights.gain) + weights.bias;
    }
    return output;
}

Matrix activate(const Matrix& input, Activation activation) {
    if (activation == Activation::relu) return input.cwiseMax(Scalar{0});
    return input.unaryExpr([](Scalar x) { return gelu(x); });
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    require_columns("W_2", weights.outer.weight.cols(), input.cols());
    const Matrix hidden = activate(linear(input, weights.inner), activation);  // n_tokens x d_ff
    return linear(hidden, weights.outer);                                      // n_tokens x d_model
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    require_columns("W_O", weights.attention.output.weight.cols(), tokens.cols());
    const auto attend = [&](const Matrix& x) -> Matrix {
        return multi_head_attention::multi_head_attention(x, x, weights.attention, mask).output;
    };
    const auto transform = [&](const Matrix& x) { return feed_forward(x, weights.feed_forward, activation); };

    // Every matrix from here on is n_tokens x d_model.
    if (order == NormOrder::post) {
        const Matrix h = layer_norm(tokens + attend(tokens), weights.attention_norm);
        return layer_norm(h + transform(h), weights.feed_forward_norm);
    }
    const Matrix h = tokens + attend(layer_norm(tokens, weights.attention_norm));
    return h + transform(layer_norm(h, weights.feed_forward_norm));
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    Matrix x = tokens;  // n_tokens x d_model, after each layer
    for (const EncoderLayerWeights& layer : weights.layers) x = encoder_layer(x, layer, order, activation, mask);
    return weights.final_norm ? layer_norm(x, *weights.final_norm) : x;
}

}  // namespace encoder
