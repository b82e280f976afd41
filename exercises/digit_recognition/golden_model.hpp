// What the tests of `digit_recognition` ask about: the trained model and its test images, a small model that PyTorch
// has seen too, and the statement's example.
#ifndef QKV_DIGIT_RECOGNITION_GOLDEN_MODEL_HPP
#define QKV_DIGIT_RECOGNITION_GOLDEN_MODEL_HPP

#include <functional>
#include <string>

#include "digit_recognition.hpp"
#include "testing/golden.hpp"

namespace digit_recognition::tests {

using encoder::EncoderLayerWeights;
using encoder::LayerNormWeights;
using multi_head_attention::Linear;
using qkv::testing::golden;
using qkv::testing::trained;
using vision_transformer::Image;
using vision_transformer::VisionTransformerWeights;

/// Arrays by their names: those of the trained model, or of the small one.
using Arrays = std::function<Matrix(const std::string&)>;

inline Linear linear_of(const Arrays& arrays, const std::string& name) {
    return {arrays(name + "/weight"), arrays(name + "/bias")};
}

inline LayerNormWeights norm_of(const Arrays& arrays, const std::string& name) {
    return {arrays(name + "/gain"), arrays(name + "/bias"), arrays(name + "/epsilon")(0, 0)};
}

inline EncoderLayerWeights layer_of(const Arrays& arrays, int number, Index n_heads) {
    const std::string layer = "layer" + std::to_string(number);
    return {{linear_of(arrays, layer + "/query"), linear_of(arrays, layer + "/key"),
             linear_of(arrays, layer + "/value"), linear_of(arrays, layer + "/output"), n_heads},
            {linear_of(arrays, layer + "/inner"), linear_of(arrays, layer + "/outer")},
            norm_of(arrays, layer + "/attention_norm"),
            norm_of(arrays, layer + "/feed_forward_norm")};
}

inline VisionTransformerWeights weights_of(const Arrays& arrays, int n_layers, Index n_heads) {
    VisionTransformerWeights weights{
        2,
        {linear_of(arrays, "embedding/projection"), arrays("embedding/class_token"), arrays("embedding/positions")},
        {},
        {norm_of(arrays, "head/norm"), linear_of(arrays, "head/projection")}};
    for (int i = 0; i < n_layers; ++i) weights.layers.push_back(layer_of(arrays, i, n_heads));
    return weights;
}

/// Patches of 2 x 2 pixels, d_model = 32, two layers of four heads, ten classes.
inline const VisionTransformerWeights& trained_weights() {
    static const VisionTransformerWeights weights = weights_of(trained, 2, 4);
    return weights;
}

inline PixelScale trained_scale() { return {16, trained("pixels/mean")(0, 0), trained("pixels/deviation")(0, 0)}; }

/// The first images of the test set as the network reads them, 1 x 8 x 8 each; computed here, not by the learner.
inline std::vector<Image> test_images(Index count) {
    const Matrix pixels = trained("test/pixels");
    const PixelScale scale = trained_scale();
    std::vector<Image> images;
    for (Index n = 0; n < count; ++n) {
        const Matrix grey = Matrix::Map(pixels.row(n).data(), 8, 8) / scale.white;
        images.push_back({(grey.array() - scale.mean) / scale.deviation});
    }
    return images;
}

/// Two channels of 4 x 6 pixels, d_model = 4, two layers of two heads, three classes.
inline Image small_image() { return {golden("small/image/0"), golden("small/image/1")}; }
inline VisionTransformerWeights small_weights() {
    return weights_of([](const std::string& name) { return golden("small/" + name); }, 2, 2);
}

/// The statement's example, that of vision_transformer: attention is the mean of all tokens.
inline Image example_image() {
    return {Matrix{{1, 1, 0, 4, 2, 2}, {1, 1, 0, 4, 2, 2}, {0, 2, 3, 3, 0, 0}, {0, 2, 3, 3, 0, 0}},
            Matrix{{0, 0, 1, 1, 0, 0}, {0, 0, 1, 1, 0, 0}, {4, 4, 0, 0, 1, 3}, {0, 0, 0, 0, 1, 3}}};
}
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

}  // namespace digit_recognition::tests

#endif
