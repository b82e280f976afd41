// A right solution as carried over from "The Annotated Transformer": a SublayerConnection takes a sublayer as a
// function, an encoder is a chain of functions. The mean is taken from the distances to the first feature.
#include "encoder.hpp"

#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>
#include <stdexcept>

namespace encoder {

namespace {

using Sublayer = std::function<Matrix(const Matrix&)>;

class SublayerConnection {
public:
    SublayerConnection(const LayerNormWeights& weights, NormOrder order) : weights_(weights), order_(order) {}
    Matrix operator()(const Matrix& x, const Sublayer& sublayer) const {
        if (order_ == NormOrder::pre) return sum(x, sublayer(layer_norm(x, weights_)));
        return layer_norm(sum(x, sublayer(x)), weights_);
    }

private:
    static Matrix sum(const Matrix& x, const Matrix& y) {
        if (x.rows() != y.rows() || x.cols() != y.cols()) throw std::invalid_argument("a residual of another shape");
        return x + y;
    }
    LayerNormWeights weights_;
    NormOrder order_;
};

Sublayer layer_function(const EncoderLayerWeights& weights, NormOrder order, Activation activation, const Mask& mask) {
    const Sublayer attend = [&weights, &mask](const Matrix& x) {
        return multi_head_attention::multi_head_attention(x, x, weights.attention, mask).output;
    };
    const Sublayer transform = [&weights, activation](const Matrix& x) {
        return feed_forward(x, weights.feed_forward, activation);
    };
    const SublayerConnection first(weights.attention_norm, order), second(weights.feed_forward_norm, order);
    return [=](const Matrix& x) { return second(first(x, attend), transform); };
}

Sublayer then(const Sublayer& first, const Sublayer& second) {
    return [=](const Matrix& x) { return second(first(x)); };
}

}  // namespace

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    const auto& [gain, bias, epsilon] = weights;
    if (gain.size() != input.cols() || bias.size() != input.cols()) throw std::invalid_argument("gain and bias");
    if (input.cols() == 0) return input;
    Matrix centred = input.colwise() - input.col(0);
    centred = (centred.colwise() - centred.rowwise().mean()).eval();
    const Eigen::Array<Scalar, Eigen::Dynamic, 1> deviation =
        (centred.array().square().rowwise().sum() / static_cast<Scalar>(input.cols()) + epsilon).sqrt();
    return ((centred.array().colwise() / deviation).rowwise() * gain.array()).rowwise() + bias.array();
}

Matrix activate(const Matrix& input, Activation activation) {
    Matrix output(input);
    for (Scalar& x : output.reshaped()) {
        if (activation == Activation::relu)
            x = x > 0 ? x : 0;
        else
            x *= std::erfc(-x * std::numbers::sqrt2_v<Scalar> / 2) / 2;
    }
    return output;
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    const auto layer = [](const Linear& linear) -> Sublayer {
        return [&linear](const Matrix& x) { return multi_head_attention::linear(x, linear); };
    };
    const Sublayer all = then(layer(weights.inner),
                              then([=](const Matrix& x) { return activate(x, activation); }, layer(weights.outer)));
    const Matrix output = all(input);
    if (output.cols() != input.cols()) throw std::invalid_argument("W_2 leads elsewhere");
    return output;
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    return layer_function(weights, order, activation, mask)(tokens);
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    Sublayer chain = [](const Matrix& x) { return x; };
    for (const EncoderLayerWeights& layer : weights.layers)
        chain = then(chain, layer_function(layer, order, activation, mask));
    if (weights.final_norm) chain = then(chain, [&](const Matrix& x) { return layer_norm(x, *weights.final_norm); });
    return chain(tokens);
}

}  // namespace encoder
