// A right solution that refuses early and strictly: every function checks all its weights first, those of later
// layers before the first is run; no tokens are refused in an encoder, rows without features, and, also without
// layers, masks that do not fit.
#include "encoder.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace encoder {

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

void check(const LayerNormWeights& norm, Index d_model) {
    if (d_model == 0) throw Refused("no features");
    agree("gain", norm.gain.size(), d_model);
    agree("bias", norm.bias.size(), d_model);
}

void check(const Linear& map, Index d_in, Index d_out) {
    agree("rows of a weight", map.weight.rows(), d_in);
    agree("columns of a weight", map.weight.cols(), d_out);
    agree("length of a bias", map.bias.size(), d_out);
}

void check(const FeedForwardWeights& weights, Index d_model) {
    const Index d_ff = weights.outer.weight.rows();
    check(weights.inner, d_model, d_ff);
    check(weights.outer, d_ff, d_model);
}

void check(const EncoderLayerWeights& weights, Index d_model) {
    const MultiHeadWeights& attention = weights.attention;
    for (const Linear* map : {&attention.query, &attention.key, &attention.value, &attention.output})
        check(*map, d_model, d_model);
    if (attention.n_heads < 1 || d_model % attention.n_heads != 0) throw Refused("n_heads does not divide d_model");
    check(weights.feed_forward, d_model);
    check(weights.attention_norm, d_model);
    check(weights.feed_forward_norm, d_model);
}

void check(const Mask& mask, Index n_tokens) {
    if (n_tokens == 0) throw Refused("there are no tokens");
    if (mask.rows() == 0 && mask.cols() == 0) return;
    agree("rows of the mask", mask.rows(), n_tokens);
    agree("columns of the mask", mask.cols(), n_tokens);
}

}  // namespace

Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights) {
    check(weights, input.cols());
    const Matrix centred = input.colwise() - input.rowwise().mean();
    const Matrix deviation =
        (centred.rowwise().squaredNorm() / static_cast<Scalar>(input.cols())).array() + weights.epsilon;
    Matrix output(input.rows(), input.cols());
    for (Index j = 0; j < input.cols(); ++j)
        output.col(j) = centred.col(j).array() / deviation.col(0).array().sqrt() * weights.gain(j) + weights.bias(j);
    return output;
}

Matrix activate(const Matrix& input, Activation activation) {
    if (activation == Activation::relu) return (input.array() > 0).select(input, Scalar{0});
    return input.unaryExpr([](Scalar x) { return x * (std::erf(x * std::sqrt(Scalar{0.5})) + 1) * Scalar{0.5}; });
}

Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation) {
    check(weights, input.cols());
    const Matrix hidden = (input * weights.inner.weight).rowwise() + weights.inner.bias;
    return (activate(hidden, activation) * weights.outer.weight).rowwise() + weights.outer.bias;
}

Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask) {
    check(mask, tokens.rows());
    check(weights, tokens.cols());
    const bool pre = order == NormOrder::pre;
    Matrix read = pre ? layer_norm(tokens, weights.attention_norm) : tokens;
    Matrix sum = tokens + multi_head_attention::multi_head_attention(read, read, weights.attention, mask).output;
    if (!pre) sum = layer_norm(sum, weights.attention_norm);
    read = pre ? layer_norm(sum, weights.feed_forward_norm) : sum;
    sum += feed_forward(read, weights.feed_forward, activation);
    return pre ? sum : layer_norm(sum, weights.feed_forward_norm);
}

Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask) {
    check(mask, tokens.rows());
    for (const EncoderLayerWeights& layer : weights.layers) check(layer, tokens.cols());
    if (weights.final_norm) check(*weights.final_norm, tokens.cols());
    Matrix result = tokens;
    for (std::size_t i = 0; i < weights.layers.size(); ++i)
        result = encoder_layer(result, weights.layers[i], order, activation, mask);
    if (weights.final_norm) result = layer_norm(result, *weights.final_norm);
    return result;
}

}  // namespace encoder
