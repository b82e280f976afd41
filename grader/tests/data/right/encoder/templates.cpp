// A right solution in templates: the order of the norms and the activation are template arguments, chosen once; rows
// are worked on by transform and inner_product over pointers.
#include "encoder.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>

namespace encoder {

namespace {

struct Relu {
    constexpr Scalar operator()(Scalar x) const { return std::max(Scalar{0}, x); }
};

struct Gelu {
    Scalar operator()(Scalar x) const { return x / 2 + x / 2 * std::erf(x / std::sqrt(Scalar{2})); }
};

void equal(Index a, Index b, const char* what) {
    if (a != b) throw std::invalid_argument(what + (" " + std::to_string(a)) + " instead of " + std::to_string(b));
}

std::span<Scalar> row(Matrix& x, Index i) { return {x.data() + i * x.cols(), static_cast<std::size_t>(x.cols())}; }

void normalise(std::span<Scalar> x, const LayerNormWeights& weights) {
    const auto n = static_cast<Scalar>(x.size());
    const Scalar mean = std::reduce(x.begin(), x.end()) / n;
    std::ranges::transform(x, x.begin(), [mean](Scalar one) { return one - mean; });
    const Scalar variance = std::inner_product(x.begin(), x.end(), x.begin(), Scalar{0}) / n;
    const Scalar scale = std::sqrt(variance + weights.epsilon);
    for (std::size_t j = 0; j < x.size(); ++j)
        x[j] = x[j] / scale * weights.gain(static_cast<Index>(j)) + weights.bias(static_cast<Index>(j));
}

template <class Function>
Matrix network(const Matrix& input, const FeedForwardWeights& weights) {
    equal(weights.inner.weight.rows(), input.cols(), "W_1");
    equal(weights.inner.bias.cols(), weights.inner.weight.cols(), "b_1");
    equal(weights.outer.weight.rows(), weights.inner.weight.cols(), "W_2");
    equal(weights.outer.weight.cols(), input.cols(), "W_2");
    equal(weights.outer.bias.cols(), input.cols(), "b_2");
    Matrix hidden = input.lazyProduct(weights.inner.weight);
    for (Index i = 0; i < hidden.rows(); ++i)
        std::ranges::transform(row(hidden, i), weights.inner.bias, row(hidden, i).begin(),
                               [](Scalar x, Scalar bias) { return Function()(x + bias); });
    Matrix output = hidden.lazyProduct(weights.outer.weight);
    for (Index i = 0; i < output.rows(); ++i)
        std::ranges::transform(row(output, i), weights.outer.bias, row(output, i).begin(), std::plus<>());
    return output;
}

template <NormOrder order, class Function>
void layer(Matrix& x, const EncoderLayerWeights& weights, const Mask& mask) {
    const auto sublayer = [&x](const LayerNormWeights& norm, const auto& function) {
        if constexpr (order == NormOrder::post) {
            const Matrix y = function(x);
            equal(y.cols(), x.cols(), "a sublayer of width");
            x = layer_norm(x + y, norm);
        } else {
            const Matrix y = function(layer_norm(x, norm));
            equal(y.cols(), x.cols(), "a sublayer of width");
            x += y;
        }
    };
    sublayer(weights.attention_norm, [&](const Matrix& y) -> Matrix {
        return multi_head_attention::multi_head_attention(y, y, weights.attention, mask).output;
    });
    sublayer(weights.feed_forward_norm, [&](const Matrix& y) { return network<Function>(y, weights.feed_forward); });
}

auto chosen(NormOrder order, Activation activation) {
    if (order == NormOrder::post)
        return activation == Activation::relu ? &layer<NormOrder::post, Relu> : &layer<NormOrder::post, Gelu>;
    return activation == Activation::relu ? &layer<NormOrder::pre, Relu> : &layer<NormOrder::pre, Gelu>;
}

}  // namespace

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    equal(weights.gain.size(), input.cols(), "gain");
    equal(weights.bias.size(), input.cols(), "bias");
    Matrix output = input;
    for (Index i = 0; i < output.rows(); ++i) normalise(row(output, i), weights);
    return output;
}

Matrix activate(const Matrix& input, Activation activation) {
    Matrix output(input.rows(), input.cols());
    if (activation == Activation::relu)
        std::transform(input.data(), input.data() + input.size(), output.data(), Relu());
    else
        std::transform(input.data(), input.data() + input.size(), output.data(), Gelu());
    return output;
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    return activation == Activation::relu ? network<Relu>(input, weights) : network<Gelu>(input, weights);
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    Matrix x = tokens;
    chosen(order, activation)(x, weights, mask);
    return x;
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    Matrix x = tokens;
    std::ranges::for_each(weights.layers, [&, run = chosen(order, activation)](const auto& one) { run(x, one, mask); });
    return weights.final_norm ? layer_norm(x, weights.final_norm.value()) : x;
}

}  // namespace encoder
