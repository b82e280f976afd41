// What the tests of `text_reading` ask about: PP-OCRv4's weights and lines, a small reader that PyTorch has seen too,
// and the statement's example. Everything is put together here, not by the learner.
#ifndef QKV_TEXT_READING_GOLDEN_MODEL_HPP
#define QKV_TEXT_READING_GOLDEN_MODEL_HPP

#include <functional>
#include <string>
#include <vector>

#include "testing/golden.hpp"
#include "text_reading.hpp"

namespace text_reading::tests {

using encoder::LayerNormWeights;
using qkv::testing::golden;
using qkv::testing::trained;

/// Arrays by their names: those of PP-OCRv4, or of the small reader.
using Arrays = std::function<Matrix(const std::string&)>;

inline Matrix small(const std::string& name) { return golden("small/" + name); }

inline Linear linear_of(const Arrays& arrays, const std::string& name) {
    return {arrays(name + "/weight"), arrays(name + "/bias")};
}

inline LayerNormWeights norm_of(const Arrays& arrays, const std::string& name) {
    return {arrays(name + "/gain"), arrays(name + "/bias"), arrays(name + "/epsilon")(0, 0)};
}

/// Third k of a fused projection whose query, key and value of all heads follow each other.
inline Linear third(const Linear& fused, Index k) {
    const Index d_model = fused.weight.rows();
    return {fused.weight.middleCols(k * d_model, d_model), fused.bias.segment(k * d_model, d_model)};
}

inline EncoderLayerWeights layer_of(const Arrays& arrays, int number, Index n_heads) {
    const std::string layer = "layer" + std::to_string(number);
    const Linear fused = linear_of(arrays, layer + "/qkv");
    return {{third(fused, 0), third(fused, 1), third(fused, 2), linear_of(arrays, layer + "/output"), n_heads},
            {linear_of(arrays, layer + "/inner"), linear_of(arrays, layer + "/outer")},
            norm_of(arrays, layer + "/attention_norm"),
            norm_of(arrays, layer + "/feed_forward_norm")};
}

inline EncoderWeights encoder_of(const Arrays& arrays, Index n_heads) {
    return {{layer_of(arrays, 0, n_heads), layer_of(arrays, 1, n_heads)}, norm_of(arrays, "final_norm")};
}

inline HeadWeights head_of(const Arrays& arrays) {
    return {linear_of(arrays, "head/widen"), linear_of(arrays, "head/gather"), linear_of(arrays, "head/mix"),
            linear_of(arrays, "head/letters")};
}

/// Texts that an array keeps as the bytes of their UTF-8, one a line.
inline std::vector<std::string> texts_of(const Matrix& bytes) {
    std::vector<std::string> texts(1);
    for (const Scalar byte : bytes.reshaped<Eigen::RowMajor>()) {
        if (byte == '\n')
            texts.emplace_back();
        else
            texts.back() += static_cast<char>(static_cast<unsigned char>(byte));
    }
    return texts;
}

/// Two layers, d_model 120, 8 heads, d_ff 240; 480, 60 and 120 features on the way to 111 letters.
inline const ReaderWeights& trained_reader() {
    static const ReaderWeights weights{encoder_of(trained, 8), head_of(trained), texts_of(trained("letters"))};
    return weights;
}

constexpr int n_lines = 12;

inline Line line(int number) {
    const std::string name = "line" + std::to_string(number);
    return {trained(name + "/tokens"), trained(name + "/beside")};
}

/// 5 positions, d_model 6 in 3 heads, d_ff 11; d_wide 7, d_narrow 4, d_mixed 8, 9 letters.
inline Line small_line() { return {small("tokens"), small("beside")}; }
inline ReaderWeights small_reader() {
    return {encoder_of(small, 3), head_of(small), {"", "e", "o", "t", "学", "X", "y", "zz", " "}};
}

/// The statement's layer: attention is the mean, every other map the identity.
inline Matrix example_tokens() { return Matrix{{2, 0}, {4, 0}, {0, 4}}; }
inline EncoderLayerWeights example_layer() {
    const Linear zero{Matrix::Zero(2, 2), RowVector::Zero(2)}, same{Matrix::Identity(2, 2), RowVector::Zero(2)};
    const LayerNormWeights norm{RowVector::Ones(2), RowVector::Zero(2), Scalar{1e-5}};
    return {{zero, zero, same, same, 1}, {same, same}, norm, norm};
}

/// The statement's way to the letters: one feature, two letters.
inline HeadWeights example_head() {
    const auto plain = [](const Matrix& weight) { return Linear{weight, RowVector::Zero(weight.cols())}; };
    return {plain(Matrix{{1}}),
            plain(Matrix{{1}, {0}, {-1}}),
            plain(Matrix{{2}}),
            {Matrix{{1, -1}}, RowVector{{0, Scalar{0.5}}}}};
}

}  // namespace text_reading::tests

#endif
