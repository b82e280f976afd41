// Generated cases of `encoder`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_ENCODER_CASES_HPP
#define QKV_ENCODER_CASES_HPP

#include <tuple>
#include <utility>

#include "encoder.hpp"
#include "testing/cases.hpp"

namespace encoder::cases {

using qkv::Case;

/// Epsilons are from 1/16 to 1/2: smaller ones would blow up the rounding of rows that are nearly constant.
inline LayerNormWeights norm(Case& drawn, Index d_model) {
    const RowVector gain = drawn.row(d_model), bias = drawn.row(d_model);
    return {gain, bias, static_cast<Scalar>(drawn.between(1, 8)) / 16};
}

/// Weights from -1 to 1, so that a stack of layers stays near 1 too.
inline Linear linear(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / 2;
    return {weight, drawn.row(d_out)};
}

inline FeedForwardWeights feed_forward_weights(Case& drawn, Index d_model, Index d_ff) {
    Linear inner = linear(drawn, d_model, d_ff);
    return {std::move(inner), linear(drawn, d_ff, d_model)};
}

inline EncoderLayerWeights layer(Case& drawn, Index n_heads, Index d_model) {
    EncoderLayerWeights weights;
    weights.attention.query = linear(drawn, d_model, d_model);
    weights.attention.key = linear(drawn, d_model, d_model);
    weights.attention.value = linear(drawn, d_model, d_model);
    weights.attention.output = linear(drawn, d_model, d_model);
    weights.attention.n_heads = n_heads;
    weights.feed_forward = feed_forward_weights(drawn, d_model, drawn.side());
    weights.attention_norm = norm(drawn, d_model);
    weights.feed_forward_norm = norm(drawn, d_model);
    return weights;
}

inline Activation activation(Case& drawn) { return drawn.between(0, 1) == 0 ? Activation::relu : Activation::gelu; }
inline NormOrder order(Case& drawn) { return drawn.between(0, 1) == 0 ? NormOrder::post : NormOrder::pre; }

/// No mask, or one that hides about a third.
inline Mask maybe_mask(Case& drawn, Index n_tokens) {
    return drawn.between(0, 2) == 0 ? Mask() : drawn.mask(n_tokens, n_tokens);
}

inline auto layer_norm(Case& drawn) {
    const Index n_tokens = drawn.side(), d_model = drawn.between(1, 2 * drawn.size() + 1);
    Matrix input = drawn.matrix(n_tokens, d_model);
    input.array() += drawn.extreme(65536);  // a mean far from zero
    return std::tuple{input, norm(drawn, d_model)};
}

inline auto activate(Case& drawn) {
    const Index rows = drawn.side(), columns = drawn.side();
    const Matrix input = 2 * drawn.matrix(rows, columns);
    return std::tuple{input, activation(drawn)};
}

inline auto feed_forward(Case& drawn) {
    const Index n_tokens = drawn.side(), d_model = drawn.side();
    const Matrix input = drawn.matrix(n_tokens, d_model);
    const FeedForwardWeights weights = feed_forward_weights(drawn, d_model, drawn.between(1, 2 * drawn.size() + 1));
    return std::tuple{input, weights, activation(drawn)};
}

inline auto encoder_layer_in(Case& drawn, NormOrder order) {
    const Index n_tokens = drawn.side(), n_heads = drawn.between(1, 3), d_model = n_heads * drawn.between(1, 3);
    const Matrix tokens = drawn.matrix(n_tokens, d_model);
    const EncoderLayerWeights weights = layer(drawn, n_heads, d_model);
    const Activation chosen = activation(drawn);
    return std::tuple{tokens, weights, order, chosen, maybe_mask(drawn, n_tokens)};
}

inline auto encoder_layer(Case& drawn) { return encoder_layer_in(drawn, order(drawn)); }

/// Up to four layers, now and then none; a final norm in half of the cases, in either order.
inline auto encode(Case& drawn) {
    const Index n_tokens = drawn.side(), n_heads = drawn.between(1, 3), d_model = n_heads * drawn.between(1, 3);
    const Matrix tokens = drawn.matrix(n_tokens, d_model);
    EncoderWeights weights;
    const Index n_layers = drawn.between(0, 4);
    for (Index i = 0; i < n_layers; ++i) weights.layers.push_back(layer(drawn, n_heads, d_model));
    if (drawn.between(0, 1) == 1) weights.final_norm = norm(drawn, d_model);
    const NormOrder where = order(drawn);
    const Activation chosen = activation(drawn);
    return std::tuple{tokens, weights, where, chosen, maybe_mask(drawn, n_tokens)};
}

}  // namespace encoder::cases

#endif
