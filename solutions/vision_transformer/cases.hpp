// Generated cases of `vision_transformer`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_VISION_TRANSFORMER_CASES_HPP
#define QKV_VISION_TRANSFORMER_CASES_HPP

#include <tuple>

#include "testing/cases.hpp"
#include "vision_transformer.hpp"

namespace vision_transformer::cases {

using qkv::Case;

/// Weights from -1 to 1, so that a stack of layers stays near 1 too.
inline Linear linear(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / 2;
    return {weight, drawn.row(d_out)};
}

/// Epsilons are from 1/16 to 1/2: smaller ones would blow up the rounding of rows that are nearly constant.
inline LayerNormWeights norm(Case& drawn, Index d_model) {
    const RowVector gain = drawn.row(d_model), bias = drawn.row(d_model);
    return {gain, bias, static_cast<Scalar>(drawn.between(1, 8)) / 16};
}

inline EncoderLayerWeights layer(Case& drawn, Index n_heads, Index d_model) {
    EncoderLayerWeights weights;
    weights.attention.query = linear(drawn, d_model, d_model);
    weights.attention.key = linear(drawn, d_model, d_model);
    weights.attention.value = linear(drawn, d_model, d_model);
    weights.attention.output = linear(drawn, d_model, d_model);
    weights.attention.n_heads = n_heads;
    const Index d_ff = drawn.side();
    weights.feed_forward.inner = linear(drawn, d_model, d_ff);
    weights.feed_forward.outer = linear(drawn, d_ff, d_model);
    weights.attention_norm = norm(drawn, d_model);
    weights.feed_forward_norm = norm(drawn, d_model);
    return weights;
}

inline PatchEmbeddingWeights embedding(Case& drawn, Index n_patches, Index d_patch, Index d_model) {
    const Linear projection = linear(drawn, d_patch, d_model);
    const RowVector class_token = drawn.row(d_model);
    return {projection, class_token, drawn.matrix(1 + n_patches, d_model)};
}

inline ClassHeadWeights head(Case& drawn, Index d_model, Index n_classes) {
    const LayerNormWeights before = norm(drawn, d_model);
    return {before, linear(drawn, d_model, n_classes)};
}

inline Image image(Case& drawn, Index n_channels, Index height, Index width) {
    Image channels;
    for (Index c = 0; c < n_channels; ++c) channels.push_back(drawn.matrix(height, width));
    return channels;
}

inline auto image_to_patches(Case& drawn) {
    const Index patch_size = drawn.side(), down = drawn.side(), across = drawn.side();
    return std::tuple{image(drawn, drawn.between(1, 4), down * patch_size, across * patch_size), patch_size};
}

inline auto embed_patches(Case& drawn) {
    const Index n_patches = drawn.side(), d_patch = drawn.side(), d_model = drawn.between(1, 2 * drawn.size() + 1);
    const Matrix patches = drawn.matrix(n_patches, d_patch);
    return std::tuple{patches, embedding(drawn, n_patches, d_patch, d_model)};
}

inline auto class_logits(Case& drawn) {
    const Index n_tokens = drawn.side(), d_model = drawn.between(1, 2 * drawn.size() + 1);
    const Matrix encoded = drawn.matrix(n_tokens, d_model);
    return std::tuple{encoded, head(drawn, d_model, drawn.side())};
}

/// Up to four layers, now and then none.
inline auto vision_transformer(Case& drawn) {
    const Index patch_size = drawn.between(1, 3), down = drawn.between(1, 3), across = drawn.between(1, 3);
    const Index n_channels = drawn.between(1, 3), n_heads = drawn.between(1, 3),
                d_model = n_heads * drawn.between(1, 3);
    const Image picture = image(drawn, n_channels, down * patch_size, across * patch_size);
    VisionTransformerWeights weights;
    weights.patch_size = patch_size;
    weights.embedding = embedding(drawn, down * across, n_channels * patch_size * patch_size, d_model);
    const Index n_layers = drawn.between(0, 4);
    for (Index i = 0; i < n_layers; ++i) weights.layers.push_back(layer(drawn, n_heads, d_model));
    weights.head = head(drawn, d_model, drawn.side());
    return std::tuple{picture, weights};
}

/// Half of the logits are whole numbers, so that some are equal.
inline auto top_k(Case& drawn) {
    RowVector logits = 4 * drawn.row(drawn.between(1, 4 * drawn.size()));
    for (Index j = 0; j < logits.size(); j += 2) logits(j) = static_cast<Scalar>(drawn.between(-3, 3));
    logits *= drawn.extreme(512);
    const Index k = drawn.between(1, logits.size());
    return std::tuple{logits, k};
}

}  // namespace vision_transformer::cases

#endif
