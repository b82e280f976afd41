// Generated cases of `digit_recognition`: from (size, seed) to arguments, nearly all of which each function must
// accept.
#ifndef QKV_DIGIT_RECOGNITION_CASES_HPP
#define QKV_DIGIT_RECOGNITION_CASES_HPP

#include <algorithm>
#include <tuple>
#include <vector>

#include "digit_recognition.hpp"
#include "testing/cases.hpp"

namespace digit_recognition::cases {

using encoder::EncoderLayerWeights;
using encoder::LayerNormWeights;
using multi_head_attention::Linear;
using qkv::Case;

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

inline EncoderLayerWeights layer(Case& drawn, Index n_heads, Index d_model, Index d_ff) {
    EncoderLayerWeights weights;
    weights.attention.query = linear(drawn, d_model, d_model);
    weights.attention.key = linear(drawn, d_model, d_model);
    weights.attention.value = linear(drawn, d_model, d_model);
    weights.attention.output = linear(drawn, d_model, d_model);
    weights.attention.n_heads = n_heads;
    weights.feed_forward.inner = linear(drawn, d_model, d_ff);
    weights.feed_forward.outer = linear(drawn, d_ff, d_model);
    weights.attention_norm = norm(drawn, d_model);
    weights.feed_forward_norm = norm(drawn, d_model);
    return weights;
}

inline Image image(Case& drawn, Index n_channels, Index height, Index width) {
    Image channels;
    for (Index c = 0; c < n_channels; ++c) channels.push_back(drawn.matrix(height, width));
    return channels;
}

/// The sizes of a Vision Transformer and of the images it reads.
struct Sizes {
    Index n_channels, patch_size, down, across, n_layers, n_heads, d_model, d_ff, n_classes;
};

inline VisionTransformerWeights weights(Case& drawn, const Sizes& sizes) {
    const Index n_patches = sizes.down * sizes.across;
    VisionTransformerWeights weights;
    weights.patch_size = sizes.patch_size;
    weights.embedding.projection = linear(drawn, sizes.n_channels * sizes.patch_size * sizes.patch_size, sizes.d_model);
    weights.embedding.class_token = drawn.row(sizes.d_model);
    weights.embedding.positions = drawn.matrix(1 + n_patches, sizes.d_model);
    for (Index i = 0; i < sizes.n_layers; ++i) {
        weights.layers.push_back(layer(drawn, i % 2 == 0 ? sizes.n_heads : 1, sizes.d_model, sizes.d_ff + i % 2));
    }
    weights.head.norm = norm(drawn, sizes.d_model);
    weights.head.projection = linear(drawn, sizes.d_model, sizes.n_classes);
    weights.head.projection.weight /= 4;  // so that no probability is all but 1
    return weights;
}

inline Image image(Case& drawn, const Sizes& sizes) {
    return image(drawn, sizes.n_channels, sizes.down * sizes.patch_size, sizes.across * sizes.patch_size);
}

/// Pixels are whole numbers from 0 to white, or any between.
inline auto images_from_pixels(Case& drawn) {
    const Index n_images = drawn.side(0), height = drawn.side(), width = drawn.side(), kind = drawn.one_of(4);
    const Scalar whites[] = {16, 255, 1, 4};
    PixelScale scale;
    scale.white = whites[kind];
    scale.mean = (drawn.number() + 2) / 4;
    scale.deviation = (drawn.number() + Scalar{2.25}) / 8;
    const Matrix shares = (drawn.matrix(n_images, height * width).array() + 2) / 4;
    Matrix pixels = shares * scale.white;
    if (kind < 2) pixels = pixels.array().round();
    return std::tuple{pixels, width, scale};
}

/// Seven layers are more than the trained model has.
inline auto look_inside(Case& drawn) {
    constexpr Index numbers[] = {1, 0, 2, 3, 7};
    const Index down = drawn.side(), width = drawn.side(), d_ff = drawn.side(), n_classes = drawn.side();
    const Index patch_size = 1 + drawn.one_of(3), across = 1 + drawn.one_of(2), n_channels = 1 + drawn.one_of(2),
                n_heads = 1 + drawn.one_of(4), n_layers = numbers[drawn.one_of(5)];
    const Index d_model = (width + n_heads - 1) / n_heads * n_heads;
    const Sizes sizes{n_channels, patch_size, down, across, n_layers, n_heads, d_model, d_ff, n_classes};
    const Image picture = image(drawn, sizes);
    return std::tuple{picture, weights(drawn, sizes)};
}

inline auto batch_logits(Case& drawn) {
    const Index n_images = drawn.side(0), n_classes = drawn.side();
    const Index down = 1 + drawn.one_of(3), across = 1 + drawn.one_of(3), n_layers = drawn.one_of(3);
    const Sizes sizes{1, 2, down, across, n_layers, 2, 4, 3, n_classes};
    std::vector<Image> images;
    for (Index n = 0; n < n_images; ++n) images.push_back(image(drawn, sizes));
    return std::tuple{images, weights(drawn, sizes)};
}

/// Sometimes with equal ones, and far below zero.
inline auto most_probable(Case& drawn) {
    const Index n_images = drawn.side(0), n_classes = drawn.side(), kind = drawn.one_of(4);
    Matrix logits = kind == 0 ? drawn.matrix(n_images, n_classes) : drawn.simple_matrix(n_images, n_classes);
    if (kind == 2) logits = logits.array().round();
    if (kind == 3) logits.array() -= 4096;
    return std::tuple{logits};
}

inline std::vector<Index> labels(Case& drawn, Index count, Index n_classes) {
    std::vector<Index> labels;
    for (Index n = 0; n < count; ++n) {
        const Scalar share = (drawn.number() + 2) / 4;  // from 0 to 1
        labels.push_back(std::min(static_cast<Index>(share * static_cast<Scalar>(n_classes)), n_classes - 1));
    }
    return labels;
}

inline auto accuracy(Case& drawn) {
    const Index n_images = drawn.side(0), n_classes = 1 + drawn.one_of(4);
    const std::vector<Index> actual = labels(drawn, n_images, n_classes),
                             predicted = labels(drawn, n_images, n_classes);
    return std::tuple{actual, predicted};
}

inline auto confusion_matrix(Case& drawn) {
    const Index n_images = drawn.side(0), n_classes = drawn.side();
    const std::vector<Index> actual = labels(drawn, n_images, n_classes),
                             predicted = labels(drawn, n_images, n_classes);
    return std::tuple{actual, predicted, n_classes};
}

/// Rows that sum to one, or to anything; a row of zeros, as a query has that sees nothing. Layers differ in heads.
inline auto attention_rollout(Case& drawn) {
    constexpr Index numbers[] = {2, 1, 3, 9};
    const Index n_tokens = drawn.side(), n_layers = numbers[drawn.one_of(4)], n_heads = 1 + drawn.one_of(4),
                kind = drawn.one_of(3);
    std::vector<std::vector<Matrix>> attention;
    for (Index i = 0; i < n_layers; ++i) {
        std::vector<Matrix> heads;
        for (Index h = 0; h < n_heads + i % 2; ++h) {
            Matrix weights = (drawn.matrix(n_tokens, n_tokens).array() + Scalar{2.25}) / 4;
            if (kind != 1) weights = (weights.array().colwise() / weights.rowwise().sum().array()).eval();
            if (kind == 2) weights.row(0).setZero();
            heads.push_back(weights);
        }
        attention.push_back(heads);
    }
    return std::tuple{attention};
}

/// Sometimes the class token has got nothing.
inline auto rollout_picture(Case& drawn) {
    const Index down = drawn.side(), across = 1 + drawn.one_of(5), kind = drawn.one_of(3), side = 1 + down * across;
    Matrix rollout = (drawn.matrix(side, side).array() + Scalar{2.25}) / 4;
    if (kind == 1) rollout.row(0).tail(side - 1).setZero();
    if (kind == 2) rollout = (rollout.array().colwise() / rollout.rowwise().sum().array()).eval();
    return std::tuple{rollout, across};
}

/// Small: the network is asked once for each patch.
inline auto occlusion(Case& drawn) {
    const Index n_classes = drawn.side(), d_ff = drawn.side();
    const Index down = 1 + drawn.one_of(4), across = 1 + drawn.one_of(3), patch_size = 1 + drawn.one_of(3),
                n_channels = 1 + drawn.one_of(3), n_layers = drawn.one_of(3), n_heads = 1 + drawn.one_of(2),
                d_head = 1 + drawn.one_of(3);
    const Sizes sizes{n_channels, patch_size, down, across, n_layers, n_heads, n_heads * d_head, d_ff, n_classes};
    const Image picture = image(drawn, sizes);
    const Scalar value = drawn.one_of(2) == 0 ? 0 : drawn.number();
    return std::tuple{picture, weights(drawn, sizes), value};
}

/// Of either sign, with equal ones.
inline auto most_important(Case& drawn) {
    const Index down = drawn.side(), across = drawn.side(), kind = drawn.one_of(3);
    Matrix drops = kind == 0 ? drawn.matrix(down, across) : drawn.simple_matrix(down, across);
    if (kind == 2) drops = drops.array().round();
    return std::tuple{drops};
}

// What digit_recognition.hpp leaves open, for the arguments of each function: it may be answered or refused.
inline bool leaves_open(const Matrix& pixels, Index, const PixelScale&) { return pixels.cols() == 0; }
inline bool leaves_open(const std::vector<Image>& images, const VisionTransformerWeights&) { return images.empty(); }

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace digit_recognition::cases

#endif
