// A right solution in another order of work: a running mean and variance (Welford), the GELU by erfc, the
// feed-forward network as a sum over hidden units, the output projection as a sum over heads, every token of
// the feed-forward sublayer by itself, the stack by recursion.
#include "encoder.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "attention.hpp"

namespace encoder {

static void same(Index left, Index right, const std::string& what) {
    if (left != right) throw std::invalid_argument(what + ": " + std::to_string(left) + ", " + std::to_string(right));
}

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    same(weights.gain.cols(), input.cols(), "gain");
    same(weights.bias.cols(), input.cols(), "bias");
    Matrix output = input;
    for (Index t = input.rows() - 1; t >= 0; --t) {
        Scalar mean = 0, squares = 0;
        for (Index j = 0; j < input.cols(); ++j) {
            const Scalar before = input(t, j) - mean;
            mean += before / static_cast<Scalar>(j + 1);
            squares += before * (input(t, j) - mean);
        }
        const Scalar inverse = 1 / std::sqrt(squares / static_cast<Scalar>(input.cols()) + weights.epsilon);
        output.row(t).array() -= mean;
        output.row(t) *= inverse;
        output.row(t) = output.row(t).cwiseProduct(weights.gain);
        output.row(t) += weights.bias;
    }
    return output;
}

static Scalar activated(Scalar x, Activation activation) {
    if (activation == Activation::relu) return (x + std::abs(x)) / 2;
    return x * std::erfc(-x / std::sqrt(Scalar(2))) / 2;
}

Matrix activate(const Matrix& input, Activation activation) {
    Matrix output(input.rows(), input.cols());
    for (Index i = 0; i < input.size(); ++i) output.data()[i] = activated(input.data()[i], activation);
    return output;
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    const Index d_ff = weights.inner.weight.cols();
    same(weights.inner.weight.rows(), input.cols(), "rows of W_1");
    same(weights.inner.bias.cols(), d_ff, "b_1");
    same(weights.outer.weight.rows(), d_ff, "rows of W_2");
    same(weights.outer.weight.cols(), input.cols(), "columns of W_2");
    same(weights.outer.bias.cols(), input.cols(), "b_2");
    Matrix output = weights.outer.bias.replicate(input.rows(), 1);
    for (Index unit = d_ff - 1; unit >= 0; --unit) {
        for (Index t = 0; t < input.rows(); ++t) {
            const Scalar x = input.row(t).dot(weights.inner.weight.col(unit)) + weights.inner.bias(unit);
            output.row(t) += activated(x, activation) * weights.outer.weight.row(unit);
        }
    }
    return output;
}

static Matrix projected(const Matrix& x, const Linear& layer, Index first, Index width) {
    return (x * layer.weight.middleCols(first, width)).rowwise() + layer.bias.segment(first, width);
}

/// x + the attention of `read` to itself.
static Matrix with_attention(const Matrix& x, const Matrix& read, const MultiHeadWeights& weights, const Mask& mask) {
    const Index d_model = x.cols();
    for (const Linear* layer : {&weights.query, &weights.key, &weights.value, &weights.output}) {
        same(layer->weight.rows(), d_model, "rows of a weight of attention");
        same(layer->weight.cols(), d_model, "columns of a weight of attention");
        same(layer->bias.cols(), d_model, "a bias of attention");
    }
    if (weights.n_heads < 1) throw std::invalid_argument("no heads");
    same(d_model % weights.n_heads, 0, "d_model modulo n_heads");
    const Index width = d_model / weights.n_heads;
    Matrix sum = x.rowwise() + weights.output.bias;
    for (Index first = 0; first < d_model; first += width) {
        const auto head = attention::masked_attention(projected(read, weights.query, first, width),
                                                      projected(read, weights.key, first, width),
                                                      projected(read, weights.value, first, width), mask);
        sum += head.output * weights.output.weight.middleRows(first, width);
    }
    return sum;
}

/// x + the feed-forward network of `read`, token by token.
static Matrix with_feed_forward(const Matrix& x, const Matrix& read, const FeedForwardWeights& weights,
                                Activation activation) {
    Matrix sum = x;
    for (Index t = 0; t < x.rows(); ++t) sum.row(t) += feed_forward(read.row(t), weights, activation);
    return sum;
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    const bool pre = order == NormOrder::pre;
    Matrix read = pre ? layer_norm(tokens, weights.attention_norm) : tokens;
    Matrix h = with_attention(tokens, read, weights.attention, mask);
    if (!pre) h = layer_norm(h, weights.attention_norm);
    read = pre ? layer_norm(h, weights.feed_forward_norm) : h;
    h = with_feed_forward(h, read, weights.feed_forward, activation);
    return pre ? h : layer_norm(h, weights.feed_forward_norm);
}

static Matrix from_layer(std::size_t number, const Matrix& x, const EncoderWeights& weights, NormOrder order,
                         Activation activation, const Mask& mask) {
    if (number < weights.layers.size()) {
        const Matrix next = encoder_layer(x, weights.layers[number], order, activation, mask);
        return from_layer(number + 1, next, weights, order, activation, mask);
    }
    return weights.final_norm ? layer_norm(x, *weights.final_norm) : x;
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    return from_layer(0, tokens, weights, order, activation, mask);
}

}  // namespace encoder
