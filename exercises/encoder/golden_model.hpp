// What the tests of `encoder` ask about: golden weights, inputs and masks, which PyTorch has seen too, and the same
// layer changed.
#ifndef QKV_ENCODER_GOLDEN_MODEL_HPP
#define QKV_ENCODER_GOLDEN_MODEL_HPP

#include <cmath>
#include <string>

#include "encoder.hpp"
#include "testing/golden.hpp"

namespace encoder::tests {

using qkv::testing::golden;

/// 5 tokens, d_model = 8.
inline Matrix tokens() { return golden("tokens"); }

/// Token i sees tokens 0 to i.
inline Mask past(Index n_tokens) {
    Mask mask = Mask::Constant(n_tokens, n_tokens, false);
    for (Index i = 0; i < n_tokens; ++i) mask.row(i).head(i + 1).setConstant(true);
    return mask;
}

/// Each token sees itself only.
inline Mask only_itself(Index n_tokens) {
    Mask mask = Mask::Constant(n_tokens, n_tokens, false);
    for (Index i = 0; i < n_tokens; ++i) mask(i, i) = true;
    return mask;
}

/// Everybody sees the first token only: the others could be padding.
inline Mask only_first(Index n_tokens) {
    Mask mask = Mask::Constant(n_tokens, n_tokens, false);
    mask.col(0).setConstant(true);
    return mask;
}

/// So small that a variance of ordinary size does not notice it.
inline const Scalar tiny = std::ldexp(Scalar{1}, -40);

inline LayerNormWeights plain_norm(Index d_model, Scalar epsilon) {
    return {RowVector::Ones(d_model), RowVector::Zero(d_model), epsilon};
}

inline LayerNormWeights norm_with(Scalar epsilon) { return {golden("norm/gain"), golden("norm/bias"), epsilon}; }

inline LayerNormWeights golden_norm(const std::string& name) {
    return {golden(name + "/gain"), golden(name + "/bias"), golden(name + "/epsilon")(0, 0)};
}

inline Linear golden_linear(const std::string& name) { return {golden(name + "/weight"), golden(name + "/bias")}; }

/// d_model = 8, d_ff = 11.
inline FeedForwardWeights golden_feed_forward(const std::string& layer) {
    return {golden_linear(layer + "/inner"), golden_linear(layer + "/outer")};
}

/// One of three layers: d_model = 8, 4 heads, d_ff = 11.
inline EncoderLayerWeights golden_layer(int number = 0) {
    const std::string layer = "layer" + std::to_string(number);
    return {{golden_linear(layer + "/query"), golden_linear(layer + "/key"), golden_linear(layer + "/value"),
             golden_linear(layer + "/output"), 4},
            golden_feed_forward(layer),
            golden_norm(layer + "/attention_norm"),
            golden_norm(layer + "/feed_forward_norm")};
}

inline EncoderWeights stack_without_norm() { return {{golden_layer(0), golden_layer(1), golden_layer(2)}, {}}; }

inline EncoderWeights stack_with_norm() {
    EncoderWeights weights = stack_without_norm();
    weights.final_norm = golden_norm("stack/final_norm");
    return weights;
}

/// A layer whose two sublayers return a row of their own for every token, whatever they read.
inline EncoderLayerWeights constant_layer(const RowVector& from_attention, const RowVector& from_feed_forward) {
    EncoderLayerWeights weights = golden_layer();
    weights.attention.output = {Matrix::Zero(8, 8), from_attention};
    weights.feed_forward.outer = {Matrix::Zero(11, 8), from_feed_forward};
    return weights;
}

/// The layer with W_O and b_O too narrow: they fit each other, but not the tokens.
inline EncoderLayerWeights narrow_output() {
    EncoderLayerWeights weights = golden_layer();
    weights.attention.output = {weights.attention.output.weight.leftCols(7), weights.attention.output.bias.head(7)};
    return weights;
}

}  // namespace encoder::tests

#endif
