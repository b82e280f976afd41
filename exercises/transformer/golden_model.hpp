// What the tests of `transformer` ask about: golden weights, inputs and masks, which PyTorch has seen too, and small
// models made by hand.
#ifndef QKV_TRANSFORMER_GOLDEN_MODEL_HPP
#define QKV_TRANSFORMER_GOLDEN_MODEL_HPP

#include <string>
#include <vector>

#include "testing/golden.hpp"
#include "transformer.hpp"

namespace transformer::tests {

using qkv::testing::golden;

inline TokenIds golden_ids(const std::string& name) {
    TokenIds ids;
    const Matrix row = golden(name);
    for (Index i = 0; i < row.size(); ++i) ids.push_back(static_cast<int>(row(0, i)));
    return ids;
}

inline LayerNormWeights golden_norm(const std::string& name) {
    return {golden(name + "/gain"), golden(name + "/bias"), golden(name + "/epsilon")(0, 0)};
}

inline Linear golden_linear(const std::string& name) { return {golden(name + "/weight"), golden(name + "/bias")}; }

inline MultiHeadWeights golden_attention(const std::string& name) {
    return {golden_linear(name + "query"), golden_linear(name + "key"), golden_linear(name + "value"),
            golden_linear(name + "output"), 4};
}

/// d_model = 8, 4 heads, d_ff = 11: decoder0 to decoder2, and "wide", which reads a memory of width 6.
inline DecoderLayerWeights golden_layer(const std::string& layer = "decoder0") {
    return {golden_attention(layer + "/self_"),
            golden_attention(layer + "/cross_"),
            {golden_linear(layer + "/inner"), golden_linear(layer + "/outer")},
            golden_norm(layer + "/self_norm"),
            golden_norm(layer + "/cross_norm"),
            golden_norm(layer + "/feed_forward_norm")};
}

inline DecoderWeights golden_decoder(bool with_norm) {
    DecoderWeights weights{{golden_layer("decoder0"), golden_layer("decoder1"), golden_layer("decoder2")}, {}};
    if (with_norm) weights.final_norm = golden_norm("model/decoder_norm");
    return weights;
}

inline EncoderLayerWeights golden_encoder_layer(const std::string& layer) {
    return {golden_attention(layer + "/"),
            {golden_linear(layer + "/inner"), golden_linear(layer + "/outer")},
            golden_norm(layer + "/attention_norm"),
            golden_norm(layer + "/feed_forward_norm")};
}

/// Two encoder layers, three decoder layers, 13 source ids, 10 target ids, 2 is padding.
inline TransformerModel golden_model(NormOrder order, Activation activation, bool with_norms) {
    TransformerModel model{golden("source_table"),
                           golden("target_table"),
                           {{golden_encoder_layer("encoder0"), golden_encoder_layer("encoder1")}, {}},
                           golden_decoder(with_norms),
                           golden_linear("model/output"),
                           order,
                           activation,
                           2};
    if (with_norms) model.encoder.final_norm = golden_norm("model/encoder_norm");
    return model;
}

/// As in the paper; as nn.Transformer builds it, with a norm behind each stack; in pre-norm order with GELU.
inline TransformerModel paper() { return golden_model(NormOrder::post, Activation::relu, false); }
inline TransformerModel pytorch() { return golden_model(NormOrder::post, Activation::relu, true); }
inline TransformerModel pre() { return golden_model(NormOrder::pre, Activation::gelu, true); }

/// 5 target tokens, a memory of 7 rows, d_model = 8.
inline Matrix tokens() { return golden("tokens"); }
inline Matrix memory() { return golden("memory"); }

/// 7 source ids and 5 target ids.
inline TokenIds source() { return golden_ids("source"); }
inline TokenIds target() { return golden_ids("target"); }

/// A layer whose three sublayers return a row of their own for every token, whatever they read.
inline DecoderLayerWeights constant_layer(const RowVector& from_self, const RowVector& from_cross,
                                          const RowVector& from_ff) {
    DecoderLayerWeights weights = golden_layer();
    weights.self_attention.output = {Matrix::Zero(8, 8), from_self};
    weights.cross_attention.output = {Matrix::Zero(8, 8), from_cross};
    weights.feed_forward.outer = {Matrix::Zero(11, 8), from_ff};
    return weights;
}

/// The statement's example of a layer: attention returns the mean of the rows that may be seen. 2 target tokens; the
/// third of 3 memory rows is padding.
inline DecoderLayerWeights example_layer() {
    const Linear zero{Matrix::Zero(4, 4), RowVector::Zero(4)}, same{Matrix::Identity(4, 4), RowVector::Zero(4)};
    const MultiHeadWeights mean{zero, zero, same, same, 1};
    const LayerNormWeights norm{RowVector::Ones(4), RowVector::Zero(4), Scalar{1e-5}};
    const Linear inner{Matrix{{1, 0, 0.5}, {0, -1, 0}, {1, 0, 0}, {0, 0, 1}}, RowVector{{0, 0.5, -1}}};
    const Linear outer{Matrix{{1, 0, 0, -1}, {0, 2, 1, 0}, {0, -1, 0, 1}}, RowVector::Zero(4)};
    return {mean, mean, {inner, outer}, norm, norm, norm};
}
inline const Matrix example_tokens{{4, 0, 2, 2}, {0, 2, 0, 6}};
inline const Matrix example_memory{{1, -1, 3, 1}, {3, 1, -1, 1}, {9, 9, 9, 9}};
inline const Mask example_self_mask = Matrix{{1, 0}, {1, 1}}.array() > 0;
inline const Mask example_cross_mask = Matrix{{1, 1, 0}, {1, 1, 0}}.array() > 0;

/// The statement's example of a model: no encoder layer, that decoder layer; 0 is padding.
inline TransformerModel example_model() {
    return {Matrix{{9, 9, 9, 9}, {0, -1, 1, 0}, {1, 0, 0, -1}},
            Matrix{{9, 9, 9, 9}, {2, 0, 1, 0.5}, {0, 1, 0, 2}},
            {},
            {{example_layer()}, {}},
            {Matrix{{1, 0, 2}, {0, 1, 0}, {0, 0, -1}, {0.5, 0, 0}}, RowVector{{0, 0.5, -1}}},
            NormOrder::post,
            Activation::relu,
            0};
}

/// Multiples of 1/4 from -1.25 to 1.25, no two rows or columns alike.
inline Matrix uneven(Index rows, Index columns) {
    Matrix result(rows, columns);
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) result(i, j) = static_cast<Scalar>((7 * i + 3 * j + i * j) % 11 - 5) / 4;
    }
    return result;
}

/// A model without layers, whose logits say only what follows what: 0, 3, 5, 1, 0 and 4, 6, 2, 2.
/// Seven target ids, d_model = 9, no padding.
inline TransformerModel chain() {
    const std::vector<Index> next{3, 0, 2, 5, 6, 1, 2};
    TransformerModel model{uneven(4, 9),    Matrix::Zero(7, 9), {}, {}, {Matrix::Zero(9, 7), RowVector::Zero(7)},
                           NormOrder::post, Activation::relu,   -1};
    for (Index id = 0; id < 7; ++id) {
        model.target_table(id, id) = 4;  // 12 after scaling; positions add 1 at most
        model.output.weight(id, next[static_cast<std::size_t>(id)]) = 1;
    }
    return model;
}

}  // namespace transformer::tests

#endif
