// In place: one buffer that every step overwrites; norms by Welford's running variance.
#include "encoder.hpp"

#include <cmath>
#include <stdexcept>

namespace encoder {
namespace {

void refuse_unless(bool fits) {
    if (!fits) throw std::invalid_argument("shapes do not fit");
}

void normalise(Matrix& x, const LayerNormWeights& w) {
    refuse_unless(w.gain.size() == x.cols() && w.bias.size() == x.cols());
    for (Index i = 0; i < x.rows(); ++i) {
        Scalar mean = 0, squares = 0;
        for (Index j = 0; j < x.cols(); ++j) {
            const Scalar before = x(i, j) - mean;
            mean += before / static_cast<Scalar>(j + 1);
            squares += before * (x(i, j) - mean);
        }
        const Scalar deviation = std::sqrt(squares / static_cast<Scalar>(x.cols()) + w.epsilon);
        for (Index j = 0; j < x.cols(); ++j) x(i, j) = (x(i, j) - mean) / deviation * w.gain(j) + w.bias(j);
    }
}

template <class Part>
void sublayer(Matrix& x, const LayerNormWeights& norm, NormOrder order, Part part) {
    if (order == NormOrder::pre) {
        Matrix copy = x;
        normalise(copy, norm);
        x += part(copy);
    } else {
        x += part(x);
        normalise(x, norm);
    }
}

}  // namespace

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    Matrix x = input;
    normalise(x, weights);
    return x;
}

Matrix activate(const Matrix& input, Activation activation) {
    Matrix x = input;
    for (Scalar* p = x.data(); p != x.data() + x.size(); ++p) {
        switch (activation) {
            case Activation::relu:
                *p = *p > 0 ? *p : 0;
                break;
            case Activation::gelu:
                *p *= std::erfc(-*p / std::sqrt(Scalar{2})) / 2;
                break;
        }
    }
    return x;
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    using multi_head_attention::linear;
    Matrix out = linear(activate(linear(input, weights.inner), activation), weights.outer);
    refuse_unless(out.cols() == input.cols());
    return out;
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    Matrix x = tokens;
    sublayer(x, weights.attention_norm, order, [&](const Matrix& y) {
        Matrix out = multi_head_attention::multi_head_attention(y, y, weights.attention, mask).output;
        refuse_unless(out.cols() == x.cols());
        return out;
    });
    sublayer(x, weights.feed_forward_norm, order,
             [&](const Matrix& y) { return feed_forward(y, weights.feed_forward, activation); });
    return x;
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    Matrix x = tokens;
    for (std::size_t l = 0; l != weights.layers.size(); ++l)
        x = encoder_layer(x, weights.layers[l], order, activation, mask);
    if (weights.final_norm.has_value()) normalise(x, weights.final_norm.value());
    return x;
}

}  // namespace encoder
