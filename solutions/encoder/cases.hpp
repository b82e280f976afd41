// Generated cases of `encoder`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_ENCODER_CASES_HPP
#define QKV_ENCODER_CASES_HPP

#include <cmath>
#include <tuple>
#include <utility>

#include "encoder.hpp"
#include "testing/cases.hpp"

namespace encoder::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// Epsilons are from 1/16 to 1/2: smaller ones would blow up the rounding of rows that are nearly constant.
inline LayerNormWeights norm(Case& drawn, Index d_model) {
    const RowVector gain = drawn.row(d_model), bias = drawn.row(d_model);
    return {gain, bias, static_cast<Scalar>(drawn.between(1, 8)) / 16};
}

/// Weights from -1 to 1, so that a stack of layers stays near 1 too; in float smaller ones where many are summed, else
/// scores have no digits left to tell keys apart.
inline Linear linear(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / (in_double || d_in <= 16 ? 2 : 8);
    return {weight, drawn.row(d_out)};
}

inline FeedForwardWeights feed_forward_weights(Case& drawn, Index d_model, Index d_ff) {
    Linear inner = linear(drawn, d_model, d_ff);
    return {std::move(inner), linear(drawn, d_ff, d_model)};
}

inline EncoderLayerWeights layer(Case& drawn, Index n_heads, Index d_model, Index d_ff) {
    EncoderLayerWeights weights;
    weights.attention.query = linear(drawn, d_model, d_model);
    weights.attention.key = linear(drawn, d_model, d_model);
    weights.attention.value = linear(drawn, d_model, d_model);
    weights.attention.output = linear(drawn, d_model, d_model);
    weights.attention.n_heads = n_heads;
    weights.feed_forward = feed_forward_weights(drawn, d_model, d_ff);
    weights.attention_norm = norm(drawn, d_model);
    weights.feed_forward_norm = norm(drawn, d_model);
    return weights;
}

inline Activation activation(Case& drawn) { return drawn.one_of(2) == 0 ? Activation::relu : Activation::gelu; }
inline NormOrder order(Case& drawn) { return drawn.one_of(2) == 0 ? NormOrder::post : NormOrder::pre; }

/// No mask, one that hides about a third, one that hides the future, one that hides a token from everybody, one that
/// leaves a token nothing, one that allows everything.
inline Mask maybe_mask(Case& drawn, Index n_tokens) {
    const Index kind = drawn.one_of(6);
    if (kind == 0) return Mask();
    Mask mask = drawn.mask(n_tokens, n_tokens);
    if (kind == 2) {
        for (Index i = 0; i < n_tokens; ++i) {
            for (Index j = 0; j < n_tokens; ++j) mask(i, j) = j <= i;
        }
    }
    if (kind == 3 && n_tokens > 1) mask.col(n_tokens / 2).setConstant(false);
    if (kind == 4 && n_tokens > 0) mask.row(n_tokens / 2).setConstant(false);
    if (kind == 5) mask.setConstant(true);
    if (n_tokens == 1) mask(0, 0) = kind == 5;  // else it would nearly always see itself
    return mask;
}

/// One more column, of what is there already: a map that fits by itself, but not what it is added to.
inline void widen(Linear& map) {
    const Index columns = map.weight.cols();
    map.weight.conservativeResize(Eigen::NoChange, columns + 1);
    map.bias.conservativeResize(columns + 1);
    map.weight.col(columns) = map.weight.col(0), map.bias(columns) = map.bias(0);
}

inline auto layer_norm(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(0), kind = drawn.one_of(11);
    Matrix input = drawn.matrix(n_tokens, d_model);
    LayerNormWeights weights = norm(drawn, d_model);
    if (kind == 1) weights.epsilon = static_cast<Scalar>(1e-5);
    if (kind == 2) weights.epsilon = 4;
    if (kind == 3 && in_double) input.array() += 65536;  // a mean far from zero
    if (kind == 4 && d_model > 0) input = input.col(0).replicate(1, d_model).eval();
    if (kind == 5 && in_double) input *= two_to(300);
    if (kind == 6) input *= two_to(-10), weights.epsilon = static_cast<Scalar>(1e-5);
    if (kind == 7 && in_double) input *= two_to(-300);
    if (kind == 8 && in_double) input *= two_to(-20), weights.epsilon = static_cast<Scalar>(1e-12);
    if (kind == 9) weights.gain.setOnes();
    if (kind == 10) weights.bias.setZero();
    return std::tuple{input, weights};
}

inline auto activate(Case& drawn) {
    const Index rows = drawn.side(0), columns = drawn.side(0), of_both = drawn.one_of(10), kind = of_both / 2;
    Matrix input = 2 * drawn.matrix(rows, columns);
    if (kind == 1) input *= 4;
    if (kind == 2) input *= 1024;
    if (kind == 3 && in_double) input *= two_to(1000);
    if (kind == 4) input *= two_to(-12);
    return std::tuple{input, of_both % 2 == 0 ? Activation::relu : Activation::gelu};
}

inline auto feed_forward(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), d_ff = drawn.side();
    const Index of_both = drawn.one_of(8), kind = of_both / 2;
    Matrix input = drawn.matrix(n_tokens, d_model);
    FeedForwardWeights weights = feed_forward_weights(drawn, d_model, d_ff);
    if (kind == 1) input *= 64;
    if (kind == 2) weights.inner.bias.setConstant(-1000);  // all hidden units are off
    if (kind == 3) widen(weights.outer);
    return std::tuple{input, weights, of_both % 2 == 0 ? Activation::relu : Activation::gelu};
}

/// The scores of the attention are now and then large, or all far below zero; W_O is now and then too wide; and the
/// tokens, or W_1 and W_2, are now and then square.
inline auto encoder_layer_in(Case& drawn, NormOrder order) {
    Index n_tokens = drawn.side(0);
    const Index kind_of_heads = drawn.one_of(4), d_head = drawn.side(), side_of_ff = drawn.side();
    const Index n_heads = d_head > 16 ? 1 : 1 + kind_of_heads, d_model = n_heads * d_head, kind = drawn.one_of(8);
    const Index d_ff = kind == 5 ? d_model : side_of_ff;
    if (kind == 6) n_tokens = d_model;
    Matrix tokens = drawn.matrix(n_tokens, d_model);
    EncoderLayerWeights weights = layer(drawn, n_heads, d_model, d_ff);
    if (kind == 1 && in_double) weights.attention.query.weight *= 1024;
    if (kind == 2 && in_double) {
        weights.attention.query.bias.setConstant(256);
        weights.attention.key.bias.setConstant(-256);
    }
    if (kind == 3) widen(weights.attention.output);
    if (kind == 4 && in_double) tokens.array() += 1024;
    if (kind == 7) weights.attention_norm.gain.setOnes(), weights.feed_forward_norm.gain.setOnes();
    const Activation chosen = activation(drawn);
    return std::tuple{tokens, weights, order, chosen, maybe_mask(drawn, n_tokens)};
}

inline auto encoder_layer(Case& drawn) { return encoder_layer_in(drawn, order(drawn)); }

/// Up to seven layers, or more than twelve with either activation, each with as many heads and hidden units as it
/// likes; a final norm in half of the cases, in either order.
inline auto encode(Case& drawn) {
    const Index side_of_tokens = drawn.side(0), n_heads = drawn.between(1, 3), d_head = drawn.between(1, 3);
    const Index few_layers = drawn.one_of(7), more_layers = drawn.between(0, 3), d_model = n_heads * d_head;
    const Index n_layers = few_layers < 4 ? few_layers : more_layers + (few_layers == 4 ? 4 : 13);
    const Index n_tokens = drawn.one_of(3) == 2 ? d_model : side_of_tokens;
    const bool normalised = drawn.one_of(2) == 1;
    const NormOrder where = order(drawn);
    const Activation any = activation(drawn);
    const Activation chosen = few_layers == 5 ? Activation::relu : few_layers == 6 ? Activation::gelu : any;
    const Mask mask = maybe_mask(drawn, n_tokens);
    const Matrix tokens = drawn.matrix(n_tokens, d_model);
    EncoderWeights weights;
    for (Index i = 0; i < n_layers; ++i) {
        const Index heads_here = drawn.between(0, 2), d_ff = drawn.between(1, 5);
        weights.layers.push_back(layer(drawn,
                                       heads_here == 0   ? 1
                                       : heads_here == 1 ? n_heads
                                                         : d_model,
                                       d_model, d_ff));
    }
    if (normalised) weights.final_norm = norm(drawn, d_model);
    return std::tuple{tokens, weights, where, chosen, mask};
}

/// An empty mask that is not 0 x 0 and does not fit either.
inline bool odd_mask(const Mask& mask, Index n_tokens) {
    return mask.size() == 0 && mask.rows() + mask.cols() > 0 && !(mask.rows() == n_tokens && mask.cols() == n_tokens);
}

// What encoder.hpp leaves open, for the arguments of the functions: it may be answered or refused.
inline bool leaves_open(const Matrix& input, const LayerNormWeights&) { return input.cols() == 0; }
inline bool leaves_open(const Matrix& tokens, const EncoderLayerWeights&, NormOrder, Activation, const Mask& mask) {
    return tokens.rows() == 0 || odd_mask(mask, tokens.rows());
}
inline bool leaves_open(const Matrix& tokens, const EncoderWeights& weights, NormOrder, Activation, const Mask& mask) {
    const bool fits = mask.size() == 0 || (mask.rows() == tokens.rows() && mask.cols() == tokens.rows());
    return tokens.rows() == 0 || odd_mask(mask, tokens.rows()) || (weights.layers.empty() && !fits);
}

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace encoder::cases

#endif
