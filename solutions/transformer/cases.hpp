// Generated cases of `transformer`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_TRANSFORMER_CASES_HPP
#define QKV_TRANSFORMER_CASES_HPP

#include <tuple>
#include <utility>

#include "testing/cases.hpp"
#include "transformer.hpp"

namespace transformer::cases {

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

inline MultiHeadWeights attention(Case& drawn, Index n_heads, Index d_model, Index d_memory) {
    MultiHeadWeights weights;
    weights.query = linear(drawn, d_model, d_model);
    weights.key = linear(drawn, d_memory, d_model);
    weights.value = linear(drawn, d_memory, d_model);
    weights.output = linear(drawn, d_model, d_model);
    weights.n_heads = n_heads;
    return weights;
}

inline FeedForwardWeights feed_forward(Case& drawn, Index d_model) {
    const Index d_ff = drawn.side();
    Linear inner = linear(drawn, d_model, d_ff);
    return {std::move(inner), linear(drawn, d_ff, d_model)};
}

inline EncoderLayerWeights encoder_layer(Case& drawn, Index n_heads, Index d_model) {
    EncoderLayerWeights weights;
    weights.attention = attention(drawn, n_heads, d_model, d_model);
    weights.feed_forward = feed_forward(drawn, d_model);
    weights.attention_norm = norm(drawn, d_model);
    weights.feed_forward_norm = norm(drawn, d_model);
    return weights;
}

inline DecoderLayerWeights layer(Case& drawn, Index n_heads, Index d_model, Index d_memory) {
    DecoderLayerWeights weights;
    weights.self_attention = attention(drawn, n_heads, d_model, d_model);
    weights.cross_attention = attention(drawn, n_heads, d_model, d_memory);
    weights.feed_forward = feed_forward(drawn, d_model);
    weights.self_norm = norm(drawn, d_model);
    weights.cross_norm = norm(drawn, d_model);
    weights.feed_forward_norm = norm(drawn, d_model);
    return weights;
}

inline Activation activation(Case& drawn) { return drawn.between(0, 1) == 0 ? Activation::relu : Activation::gelu; }
inline NormOrder order(Case& drawn) { return drawn.between(0, 1) == 0 ? NormOrder::post : NormOrder::pre; }

/// No mask, or one that hides about a third.
inline Mask maybe_mask(Case& drawn, Index n_queries, Index n_keys) {
    return drawn.between(0, 2) == 0 ? Mask() : drawn.mask(n_queries, n_keys);
}

inline TokenIds ids(Case& drawn, Index n_vocabulary) {
    TokenIds result;
    const Index n_tokens = drawn.side();
    for (Index i = 0; i < n_tokens; ++i) result.push_back(static_cast<int>(drawn.between(0, n_vocabulary - 1)));
    return result;
}

inline auto embed_tokens(Case& drawn) {
    const Index n_vocabulary = drawn.side(), d_model = drawn.side();
    const TokenIds tokens = ids(drawn, n_vocabulary);
    return std::tuple{tokens, drawn.matrix(n_vocabulary, d_model)};
}

/// Of few ids, so that padding is frequent.
inline auto source_mask(Case& drawn) {
    const TokenIds source = ids(drawn, 3);
    const Index n_queries = drawn.side();
    return std::tuple{n_queries, source, static_cast<int>(drawn.between(0, 3))};
}

inline auto target_mask(Case& drawn) {
    const TokenIds target = ids(drawn, 3);
    return std::tuple{target, static_cast<int>(drawn.between(0, 3))};
}

inline auto decoder_layer(Case& drawn) {
    const Index n_target = drawn.side(), n_source = drawn.side(), d_memory = drawn.side();
    const Index n_heads = drawn.between(1, 3), d_model = n_heads * drawn.between(1, 3);
    const Matrix tokens = drawn.matrix(n_target, d_model), memory = drawn.matrix(n_source, d_memory);
    const DecoderLayerWeights weights = layer(drawn, n_heads, d_model, d_memory);
    const NormOrder where = order(drawn);
    const Activation chosen = activation(drawn);
    const Mask self_mask = maybe_mask(drawn, n_target, n_target);
    return std::tuple{tokens, memory, weights, where, chosen, self_mask, maybe_mask(drawn, n_target, n_source)};
}

/// Up to three layers, now and then none; a final norm in half of the cases, in either order.
inline DecoderWeights decoder(Case& drawn, Index n_heads, Index d_model, Index d_memory) {
    DecoderWeights weights;
    const Index n_layers = drawn.between(0, 3);
    for (Index i = 0; i < n_layers; ++i) weights.layers.push_back(layer(drawn, n_heads, d_model, d_memory));
    if (drawn.between(0, 1) == 1) weights.final_norm = norm(drawn, d_model);
    return weights;
}

inline auto decode(Case& drawn) {
    const Index n_target = drawn.side(), n_source = drawn.side(), d_memory = drawn.side();
    const Index n_heads = drawn.between(1, 3), d_model = n_heads * drawn.between(1, 3);
    const Matrix tokens = drawn.matrix(n_target, d_model), memory = drawn.matrix(n_source, d_memory);
    const DecoderWeights weights = decoder(drawn, n_heads, d_model, d_memory);
    const NormOrder where = order(drawn);
    const Activation chosen = activation(drawn);
    const Mask self_mask = maybe_mask(drawn, n_target, n_target);
    return std::tuple{tokens, memory, weights, where, chosen, self_mask, maybe_mask(drawn, n_target, n_source)};
}

/// At least 4 features: with one or two, scores of different tokens may be equal up to rounding.
inline TransformerModel model(Case& drawn) {
    TransformerModel result;
    const Index n_heads = drawn.between(1, 3), d_model = n_heads * drawn.between(2, 3) + (n_heads == 1 ? 3 : 0);
    const Index n_target_vocabulary = 1 + drawn.side();
    result.source_table = drawn.matrix(1 + drawn.side(), d_model) / 2;
    result.target_table = drawn.matrix(n_target_vocabulary, d_model) / 2;
    const Index n_layers = drawn.between(0, 2);
    for (Index i = 0; i < n_layers; ++i) result.encoder.layers.push_back(encoder_layer(drawn, n_heads, d_model));
    if (drawn.between(0, 1) == 1) result.encoder.final_norm = norm(drawn, d_model);
    result.decoder = decoder(drawn, n_heads, d_model, d_model);
    result.output = {drawn.matrix(d_model, n_target_vocabulary), drawn.row(n_target_vocabulary)};
    result.order = order(drawn);
    result.activation = activation(drawn);
    result.padding = static_cast<int>(drawn.between(0, 3));
    return result;
}

inline auto transformer_logits(Case& drawn) {
    const TransformerModel drawn_model = model(drawn);
    const TokenIds source = ids(drawn, drawn_model.source_table.rows());
    return std::tuple{source, ids(drawn, drawn_model.target_table.rows()), drawn_model};
}

inline auto greedy_decode(Case& drawn) {
    TransformerModel drawn_model = model(drawn);
    if (drawn.between(0, 3) == 3) {  // all scores are equal, whatever the rounding
        drawn_model.output.weight.setZero();
        drawn_model.output.bias.setZero();
    }
    const TokenIds source = ids(drawn, drawn_model.source_table.rows());
    const Index last_id = drawn_model.target_table.rows() - 1;
    const int start = static_cast<int>(drawn.between(0, last_id)), end = static_cast<int>(drawn.between(0, last_id));
    return std::tuple{source, drawn_model, start, end, drawn.between(0, 6)};
}

}  // namespace transformer::cases

#endif
