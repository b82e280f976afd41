// What the tests of `vision_transformer` ask about: golden weights and images, which PyTorch has seen too, and a head
// made by hand.
#ifndef QKV_VISION_TRANSFORMER_GOLDEN_MODEL_HPP
#define QKV_VISION_TRANSFORMER_GOLDEN_MODEL_HPP

#include <string>

#include "testing/golden.hpp"
#include "vision_transformer.hpp"

namespace vision_transformer::tests {

using qkv::testing::golden;

/// "image" or "other": three channels of 8 x 10 pixels, so 4 rows of 5 patches of 2 x 2.
inline Image golden_image(const std::string& name = "image") {
    return {golden(name + "/0"), golden(name + "/1"), golden(name + "/2")};
}

inline Linear golden_linear(const std::string& name) { return {golden(name + "/weight"), golden(name + "/bias")}; }

inline LayerNormWeights golden_norm(const std::string& name) {
    return {golden(name + "/gain"), golden(name + "/bias"), golden(name + "/epsilon")(0, 0)};
}

/// d_patch = 12, d_model = 6, 20 patches.
inline PatchEmbeddingWeights golden_embedding() {
    return {golden_linear("embedding/projection"), golden("embedding/class_token"), golden("embedding/positions")};
}

/// d_model = 6, 7 classes.
inline ClassHeadWeights golden_head() { return {golden_norm("head/norm"), golden_linear("head/projection")}; }

/// One of three layers: d_model = 6, 3 heads, d_ff = 11.
inline EncoderLayerWeights golden_layer(int number) {
    const std::string layer = "layer" + std::to_string(number);
    return {{golden_linear(layer + "/query"), golden_linear(layer + "/key"), golden_linear(layer + "/value"),
             golden_linear(layer + "/output"), 3},
            {golden_linear(layer + "/inner"), golden_linear(layer + "/outer")},
            golden_norm(layer + "/attention_norm"),
            golden_norm(layer + "/feed_forward_norm")};
}

/// Patches of 2 x 2 pixels, three layers.
inline VisionTransformerWeights golden_weights() {
    return {2, golden_embedding(), {golden_layer(0), golden_layer(1), golden_layer(2)}, golden_head()};
}

/// A layer whose sublayers return zeros.
inline EncoderLayerWeights silent_layer() {
    EncoderLayerWeights weights = golden_layer(0);
    weights.attention.output = {Matrix::Zero(6, 6), RowVector::Zero(6)};
    weights.feed_forward.outer = {Matrix::Zero(11, 6), RowVector::Zero(6)};
    return weights;
}

/// For a class token 9 1 6 4 6 4: mean 5, variance 6, epsilon 0.25, so divide by 2.5. Behind the norm it is
/// 9 -14 4 6 8 6, and the logits are 15.5 and -15.
inline ClassHeadWeights easy_head() {
    return {{RowVector{{5, 10, 2.5, -5, 7.5, 0}}, RowVector{{1, 2, 3, 4, 5, 6}}, Scalar{0.25}},
            {Matrix{{1, 0}, {0, 1}, {2, 0}, {0, 0.5}, {0, -1}, {0.25, 0}}, RowVector{{-3, 4}}}};
}
inline const Matrix easy_logits{{15.5, -15}};

/// The statement's example: 2 channels of 4 x 6 pixels, patches of 2 x 2, d_model = 4, one layer whose attention
/// returns the mean of the tokens and whose feed-forward network returns zeros, 3 classes.
inline Image example_image() {
    return {Matrix{{1, 1, 0, 4, 2, 2}, {1, 1, 0, 4, 2, 2}, {0, 2, 3, 3, 0, 0}, {0, 2, 3, 3, 0, 0}},
            Matrix{{0, 0, 1, 1, 0, 0}, {0, 0, 1, 1, 0, 0}, {4, 4, 0, 0, 1, 3}, {0, 0, 0, 0, 1, 3}}};
}
inline const Matrix example_patches{{1, 1, 1, 1, 0, 0, 0, 0}, {0, 4, 0, 4, 1, 1, 1, 1}, {2, 2, 2, 2, 0, 0, 0, 0},
                                    {0, 2, 0, 2, 4, 4, 0, 0}, {3, 3, 3, 3, 0, 0, 0, 0}, {0, 0, 0, 0, 1, 3, 1, 3}};
inline const Matrix example_tokens{{2, 0, -2, 0},  {1.5, 0, 1, 0}, {2, 1.5, 5, 0}, {2, 0, 1.5, 0},
                                   {1, 2, 3, 4.5}, {2.5, 0, 1, 0}, {0, 1.5, 1, 0}};
inline VisionTransformerWeights example_weights() {
    const Matrix kernels{{0.25, 0.25, 0.25, 0.25, 0, 0, 0, 0},
                         {0, 0, 0, 0, 0.25, 0.25, 0.25, 0.25},
                         {-0.5, 0.5, -0.5, 0.5, 0, 0, 0, 0},
                         {0, 0, 0, 0, 0.5, 0.5, -0.5, -0.5}};
    const Matrix positions{{1, 0, -2, 1},  {0.5, 0, 0, 0},  {0, 0.5, 0, 0}, {0, 0, 0.5, 0},
                           {0, 0, 0, 0.5}, {-0.5, 0, 0, 0}, {0, -0.5, 0, 0}};
    const Linear zero{Matrix::Zero(4, 4), RowVector::Zero(4)}, same{Matrix::Identity(4, 4), RowVector::Zero(4)};
    const LayerNormWeights norm{RowVector::Ones(4), RowVector::Zero(4), Scalar{1e-5}};
    const Matrix head{{1, 0, -1}, {0, 1, 0}, {2, 0, 1}, {0, -1, 1}};
    return {2,
            {{kernels.transpose(), RowVector{{0, 0, 1, 0}}}, RowVector{{1, 0, 0, -1}}, positions},
            {{{zero, zero, same, same, 1}, {zero, zero}, norm, norm}},
            {norm, {head, RowVector{{3, 0, -1}}}}};
}

}  // namespace vision_transformer::tests

#endif
