// Generated cases of `vision_transformer`: from (size, seed) to arguments, nearly all of which each function must
// accept.
#ifndef QKV_VISION_TRANSFORMER_CASES_HPP
#define QKV_VISION_TRANSFORMER_CASES_HPP

#include <cmath>
#include <tuple>

#include "testing/cases.hpp"
#include "vision_transformer.hpp"

namespace vision_transformer::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// Weights from -1 to 1, so that a stack of layers stays near 1 too.
inline Linear linear(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / 2;
    return {weight, drawn.row(d_out)};
}

/// Epsilons are from 1/16 to 1/2: smaller ones would blow up the rounding of rows that are nearly constant.
inline LayerNormWeights norm(Case& drawn, Index d_model) {
    const RowVector gain = drawn.row(d_model), bias = drawn.row(d_model);
    const auto sixteenths = static_cast<Scalar>(drawn.between(1, 7));
    return {gain, bias, (sixteenths + (drawn.number() + 2) / 4) / 16};
}

/// How large the scores of an attention are. Float has too few digits for any but `ordinary`.
enum class Scores { ordinary, large, far_below };

/// Far below zero: feature 0 of each head is a large number of either sign for every token.
inline void change_scores(Scores scores, multi_head_attention::MultiHeadWeights& weights) {
    auto& [query, key, value, output, n_heads] = weights;
    if (scores == Scores::large) query.weight *= 1024, query.bias *= 1024;
    if (scores != Scores::far_below) return;
    for (Index first = 0; first < query.weight.cols(); first += query.weight.cols() / n_heads) {
        query.weight.col(first).setZero();
        key.weight.col(first).setZero();
        query.bias(first) = 512;
        key.bias(first) = -512;
    }
}

inline EncoderLayerWeights layer(Case& drawn, Index n_heads, Index d_model, Index d_ff, Scores scores) {
    EncoderLayerWeights weights;
    weights.attention.query = linear(drawn, d_model, d_model);
    weights.attention.key = linear(drawn, d_model, d_model);
    weights.attention.value = linear(drawn, d_model, d_model);
    weights.attention.output = linear(drawn, d_model, d_model);
    weights.attention.n_heads = n_heads;
    change_scores(scores, weights.attention);
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

/// Up to eight channels; images of no pixels have no patches. A row or a column of pixels may be left over.
inline auto image_to_patches(Case& drawn) {
    const Index down = drawn.side(0), across = drawn.side(0), patch_size = 1 + drawn.one_of(5);
    const Index n_channels = 1 + drawn.one_of(8), rest = drawn.one_of(4);
    const Index below = rest == 2 ? 1 : 0, beside = rest == 3 ? 1 : 0;
    return std::tuple{image(drawn, n_channels, down * patch_size + below, across * patch_size + beside), patch_size};
}

inline auto embed_patches(Case& drawn) {
    const Index n_patches = drawn.side(0), d_patch = drawn.side(), d_model = drawn.side();
    const Matrix patches = drawn.matrix(n_patches, d_patch);
    return std::tuple{patches, embedding(drawn, n_patches, d_patch, d_model)};
}

/// Sometimes features that are all alike, so that the norm leaves its bias alone; or far from zero; or tiny.
inline auto class_logits(Case& drawn) {
    const Index n_tokens = drawn.side(), d_model = drawn.side(), n_classes = drawn.side(), kind = drawn.one_of(4);
    Matrix encoded = drawn.matrix(n_tokens, d_model);
    if (kind == 1) encoded.row(0).setConstant(encoded(0, 0));
    if (kind == 2 && in_double) encoded.array() += 16;
    if (kind == 3) encoded /= 1024;
    return std::tuple{encoded, head(drawn, d_model, n_classes)};
}

/// Usually few layers, for speed; seven are more than usual stacks have. d_model is a side, made divisible by the
/// number of heads. The scores of one layer are large: in all of them, rounding would grow too much.
inline auto vision_transformer(Case& drawn) {
    constexpr Index numbers[] = {1, 0, 2, 1, 7};
    // Not neighbours, for a large square of patches takes too long.
    const Index down = drawn.side(), width = drawn.side(), across = drawn.side(), d_ff = drawn.side(),
                n_classes = drawn.side();
    const Index patch_size = 1 + drawn.one_of(6), n_channels = 1 + drawn.one_of(6), n_heads = 1 + drawn.one_of(3),
                n_layers = numbers[drawn.one_of(5)], large = drawn.one_of(3);
    const Index d_model = (width + n_heads - 1) / n_heads * n_heads;
    const Scores kinds[] = {Scores::ordinary, Scores::large, Scores::far_below};
    const Image picture = image(drawn, n_channels, down * patch_size, across * patch_size);
    VisionTransformerWeights weights;
    weights.patch_size = patch_size;
    weights.embedding = embedding(drawn, down * across, n_channels * patch_size * patch_size, d_model);
    for (Index i = 0; i < n_layers; ++i) {
        const Scores scores = i == n_layers / 2 && in_double ? kinds[large] : Scores::ordinary;
        weights.layers.push_back(layer(drawn, i % 2 == 0 ? n_heads : 1, d_model, d_ff + i % 2, scores));
    }
    weights.head = head(drawn, d_model, n_classes);
    return std::tuple{picture, weights};
}

/// Logits of every size: many equal ones; some that differ in digits a float loses, or below 1e-6; far from zero on
/// either side, or on both.
inline auto top_k(Case& drawn) {
    const Index n_classes = drawn.side(), kind = drawn.one_of(8), beyond = drawn.one_of(4);
    RowVector logits = 4 * drawn.row(n_classes);
    if (kind == 1 || !in_double) logits = logits.array().round();
    if (kind == 2) logits.setConstant(logits(0));
    if (in_double) {
        if (kind == 3) logits = logits.array() * two_to(-32) + 1;
        if (kind == 4) logits = logits.array() * two_to(-10) - two_to(20);
        if (kind == 5) logits *= two_to(40);
        if (kind == 6) logits = -two_to(34) * (10 + logits.array());
        if (kind == 7) logits *= two_to(1000);
    }
    const Index any = drawn.between(1, n_classes);
    return std::tuple{logits, beyond == 2 ? n_classes : beyond == 3 ? n_classes + 1 : any};
}

// What vision_transformer.hpp leaves open, for the arguments of each function: it may be answered or refused.
inline bool leaves_open(const Image& image, Index) { return image[0].size() == 0; }
inline bool leaves_open(const Matrix& patches, const PatchEmbeddingWeights&) { return patches.rows() == 0; }

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace vision_transformer::cases

#endif
