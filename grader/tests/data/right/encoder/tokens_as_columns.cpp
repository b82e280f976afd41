// A right solution for readers of a book in which tokens are columns: everything is turned on the way in and on the
// way out. The variance is the mean of all squared differences of two features, halved, which needs no mean.
#include "encoder.hpp"

#include <cmath>
#include <stdexcept>

namespace encoder {

namespace {

void want(bool fits) {
    if (!fits) throw std::invalid_argument("a shape does not fit");
}

/// W^T x + b.
Matrix mapped(const Matrix& columns, const Linear& map) {
    want(map.weight.rows() == columns.rows() && map.weight.cols() == map.bias.cols());
    Matrix result = map.bias.transpose().replicate(1, columns.cols());
    result.noalias() += map.weight.transpose() * columns;
    return result;
}

Matrix normal(const Matrix& columns, const LayerNormWeights& weights) {
    const Index d_model = columns.rows();
    want(weights.gain.cols() == d_model && weights.bias.cols() == d_model);
    Matrix result = columns;
    for (Index t = 0; t < columns.cols(); ++t) {
        Scalar squares = 0;
        for (Index j = 1; j < d_model; ++j) {
            for (Index k = 0; k < j; ++k) {
                const Scalar difference = (columns(j, t) - columns(k, t)) / static_cast<Scalar>(d_model);
                squares += difference * difference;
            }
        }
        const Scalar root = std::sqrt(squares + weights.epsilon);
        for (Index j = 0; j < d_model; ++j) {
            Scalar above_the_others = 0;  // x_j minus the mean
            for (Index k = 0; k < d_model; ++k) above_the_others += columns(j, t) - columns(k, t);
            result(j, t) = weights.gain(j) * (above_the_others / static_cast<Scalar>(d_model) / root) + weights.bias(j);
        }
    }
    return result;
}

/// For x >= 0: x minus what is lost in the upper tail; the rest follows from gelu(x) - gelu(-x) = x.
Scalar gelu(Scalar x) {
    const Scalar lost = std::abs(x) / 2 * std::erfc(std::abs(x) / std::sqrt(Scalar{2}));
    return x >= 0 ? x - lost : -lost;
}

Matrix activated(Matrix columns, Activation activation) {
    for (Index i = 0; i < columns.size(); ++i) {
        Scalar& x = columns.data()[i];
        x = activation == Activation::gelu ? gelu(x) : x < 0 ? Scalar{0} : x;
    }
    return columns;
}

Matrix transformed(const Matrix& columns, const FeedForwardWeights& weights, Activation activation) {
    want(weights.outer.weight.cols() == columns.rows());
    return mapped(activated(mapped(columns, weights.inner), activation), weights.outer);
}

Matrix attended(const Matrix& columns, const MultiHeadWeights& weights, const Mask& mask) {
    const Matrix rows = columns.transpose();
    const Matrix seen = multi_head_attention::multi_head_attention(rows, rows, weights, mask).output.transpose();
    want(seen.rows() == columns.rows());
    return seen;
}

Matrix layer(const Matrix& x, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
             const Mask& mask) {
    const LayerNormWeights &first = weights.attention_norm, &second = weights.feed_forward_norm;
    if (order == NormOrder::post) {
        const Matrix h = normal(attended(x, weights.attention, mask) + x, first);
        return normal(transformed(h, weights.feed_forward, activation) + h, second);
    }
    const Matrix h = attended(normal(x, first), weights.attention, mask) + x;
    return transformed(normal(h, second), weights.feed_forward, activation) + h;
}

}  // namespace

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    return normal(input.transpose(), weights).transpose();
}

Matrix activate(const Matrix& input, Activation activation) { return activated(input, activation); }

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    return transformed(input.transpose(), weights, activation).transpose();
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    return layer(tokens.transpose(), weights, order, activation, mask).transpose();
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    Matrix x = tokens.transpose();
    for (auto next = weights.layers.begin(); next != weights.layers.end(); ++next)
        x = layer(x, *next, order, activation, mask);
    if (weights.final_norm.has_value()) x = normal(x, weights.final_norm.value());
    return x.transpose();
}

}  // namespace encoder
