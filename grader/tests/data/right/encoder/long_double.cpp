// A right solution in long double from the first number to the last, with an attention of its own; rounded once, at
// the end of each function, and of the stack.
#include "encoder.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace encoder {

namespace {

using Number = long double;
using Long = Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>;

void must(bool fits, const char* otherwise) {
    if (!fits) throw std::invalid_argument(otherwise);
}

Long normalised(const Long& input, const LayerNormWeights& weights) {
    const Index d_model = input.cols();
    must(weights.gain.size() == d_model && weights.bias.size() == d_model, "norm");
    Long output = input;
    for (Index i = 0; i < input.rows(); ++i) {
        Number mean = 0, variance = 0;
        for (Index j = 0; j < d_model; ++j) mean += input(i, j) / Number(d_model);
        for (Index j = 0; j < d_model; ++j) variance += (input(i, j) - mean) * (input(i, j) - mean) / Number(d_model);
        for (Index j = 0; j < d_model; ++j) {
            output(i, j) =
                (input(i, j) - mean) / std::sqrt(variance + Number(weights.epsilon)) * Number(weights.gain(j)) +
                Number(weights.bias(j));
        }
    }
    return output;
}

Long mapped(const Long& input, const Linear& map) {
    must(input.cols() == map.weight.rows() && map.weight.cols() == map.bias.size(), "linear map");
    Long output = input * map.weight.cast<Number>();
    for (Index i = 0; i < output.rows(); ++i) output.row(i) += map.bias.cast<Number>();
    return output;
}

Number activated(Number x, Activation activation) {
    if (activation == Activation::relu) return x > 0 ? x : 0;
    return x * std::erfc(-x / std::sqrt(Number{2})) / 2;
}

Long transformed(const Long& input, const FeedForwardWeights& weights, Activation activation) {
    must(weights.outer.weight.cols() == input.cols(), "W_2");
    Long hidden = mapped(input, weights.inner);
    for (Index i = 0; i < hidden.size(); ++i) hidden.data()[i] = activated(hidden.data()[i], activation);
    return mapped(hidden, weights.outer);
}

/// One row of weights; whoever sees nothing has zeros.
Long distribution(const Long& scores) {
    Number top = -std::numeric_limits<Number>::infinity();
    for (Index j = 0; j < scores.size(); ++j) top = std::max(top, scores(0, j));
    Long weights = Long::Zero(1, scores.cols());
    if (std::isinf(top)) return weights;
    for (Index j = 0; j < scores.size(); ++j) weights(0, j) = std::exp(scores(0, j) - top);
    return weights / weights.sum();
}

Long attended(const Long& x, const MultiHeadWeights& weights, const Mask& mask) {
    const Index n_heads = weights.n_heads;
    must(mask.size() == 0 || (mask.rows() == x.rows() && mask.cols() == x.rows()), "mask");
    const Long query = mapped(x, weights.query), key = mapped(x, weights.key), value = mapped(x, weights.value);
    must(query.cols() == key.cols(), "d_k");
    must(n_heads > 0 && query.cols() % n_heads == 0 && value.cols() % n_heads == 0, "n_heads");
    const Index width = query.cols() / n_heads, share = value.cols() / n_heads;
    Long merged(x.rows(), value.cols());
    for (Index h = 0; h < n_heads; ++h) {
        for (Index i = 0; i < x.rows(); ++i) {
            Long scores(1, x.rows());
            for (Index j = 0; j < x.rows(); ++j) {
                scores(0, j) = query.row(i).segment(h * width, width).dot(key.row(j).segment(h * width, width)) /
                               std::sqrt(Number(width));
                if (mask.size() != 0 && !mask(i, j)) scores(0, j) = -std::numeric_limits<Number>::infinity();
            }
            merged.row(i).segment(h * share, share) = distribution(scores) * value.middleCols(h * share, share);
        }
    }
    const Long output = mapped(merged, weights.output);
    must(output.cols() == x.cols(), "W_O");
    return output;
}

Long layered(const Long& x, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
             const Mask& mask) {
    if (order == NormOrder::pre) {
        const Long h = x + attended(normalised(x, weights.attention_norm), weights.attention, mask);
        return h + transformed(normalised(h, weights.feed_forward_norm), weights.feed_forward, activation);
    }
    const Long h = normalised(x + attended(x, weights.attention, mask), weights.attention_norm);
    return normalised(h + transformed(h, weights.feed_forward, activation), weights.feed_forward_norm);
}

}  // namespace

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    return normalised(input.cast<Number>(), weights).cast<Scalar>();
}

Matrix activate(const Matrix& input, Activation activation) {
    return input.unaryExpr([activation](Scalar x) { return static_cast<Scalar>(activated(x, activation)); });
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    return transformed(input.cast<Number>(), weights, activation).cast<Scalar>();
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    return layered(tokens.cast<Number>(), weights, order, activation, mask).cast<Scalar>();
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    Long x = tokens.cast<Number>();
    for (const EncoderLayerWeights& layer : weights.layers) x = layered(x, layer, order, activation, mask);
    if (weights.final_norm) x = normalised(x, *weights.final_norm);
    return x.cast<Scalar>();
}

}  // namespace encoder
