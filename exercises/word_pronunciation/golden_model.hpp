// What the tests of `word_pronunciation` ask about: the trained model, words that it has never read, and small models
// made by hand.
#ifndef QKV_WORD_PRONUNCIATION_GOLDEN_MODEL_HPP
#define QKV_WORD_PRONUNCIATION_GOLDEN_MODEL_HPP

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include "testing/golden.hpp"
#include "word_pronunciation.hpp"

namespace word_pronunciation::tests {

using encoder::Activation;
using encoder::EncoderLayerWeights;
using encoder::LayerNormWeights;
using encoder::NormOrder;
using multi_head_attention::Linear;
using multi_head_attention::MultiHeadWeights;
using qkv::testing::golden;
using qkv::testing::trained;
using transformer::DecoderLayerWeights;

// ------------------------------------------------------------------------------ the trained model

inline Linear trained_linear(const std::string& name) { return {trained(name + "/weight"), trained(name + "/bias")}; }

inline LayerNormWeights trained_norm(const std::string& name) {
    return {trained(name + "/gain"), trained(name + "/bias"), Scalar{1e-5}};
}

inline MultiHeadWeights trained_attention(const std::string& name) {
    return {trained_linear(name + "/query"), trained_linear(name + "/key"), trained_linear(name + "/value"),
            trained_linear(name + "/output"), 4};
}

inline EncoderLayerWeights trained_encoder_layer(const std::string& name) {
    return {trained_attention(name + "/attention"),
            {trained_linear(name + "/feed_forward/inner"), trained_linear(name + "/feed_forward/outer")},
            trained_norm(name + "/attention_norm"),
            trained_norm(name + "/feed_forward_norm")};
}

inline DecoderLayerWeights trained_decoder_layer(const std::string& name) {
    return {trained_attention(name + "/self_attention"),
            trained_attention(name + "/cross_attention"),
            {trained_linear(name + "/feed_forward/inner"), trained_linear(name + "/feed_forward/outer")},
            trained_norm(name + "/self_norm"),
            trained_norm(name + "/cross_norm"),
            trained_norm(name + "/feed_forward_norm")};
}

/// d_model = 64, 4 heads, d_ff = 160; three encoder layers, two decoder layers, pre-norm with ReLU.
inline const TransformerModel& trained_model() {
    static const TransformerModel model{
        trained("source_table"),
        trained("target_table"),
        {{trained_encoder_layer("encoder/0"), trained_encoder_layer("encoder/1"), trained_encoder_layer("encoder/2")},
         trained_norm("encoder_norm")},
        {{trained_decoder_layer("decoder/0"), trained_decoder_layer("decoder/1")}, trained_norm("decoder_norm")},
        trained_linear("output"),
        NormOrder::pre,
        Activation::relu,
        padding_id};
    return model;
}

/// Lists of ids that are stored one after another, end_id behind each.
inline std::vector<TokenIds> unchained(const Matrix& row) {
    std::vector<TokenIds> lists(1);
    for (Index i = 0; i < row.size(); ++i) {
        const auto id = static_cast<int>(row(0, i));
        if (id == end_id) {
            lists.emplace_back();
        } else {
            lists.back().push_back(id);
        }
    }
    lists.pop_back();
    return lists;
}

inline std::vector<TokenIds> first_of(std::vector<TokenIds> lists, std::size_t n) {
    lists.resize(n);
    return lists;
}

/// 500 words that were kept from the training: as the model reads them, and as the dictionary pronounces them.
inline std::vector<TokenIds> held_sources() {
    std::vector<TokenIds> sources = unchained(trained("held/letters"));
    for (TokenIds& ids : sources) {
        ids.insert(ids.begin(), begin_id);
        ids.push_back(end_id);
    }
    return sources;
}
inline std::vector<TokenIds> held_phonemes() { return unchained(trained("held/phonemes")); }

/// What PyTorch says to them with these weights.
inline std::vector<TokenIds> said_by_pytorch() { return unchained(golden("held/said")); }

/// Words of other letters, without a test's own letters_to_ids.
inline TokenIds source_of(const std::string& word) {
    TokenIds ids{begin_id};
    for (const char letter : word) ids.push_back(first_id + static_cast<int>(alphabet.find(letter)));
    ids.push_back(end_id);
    return ids;
}

inline TokenIds golden_ids(const std::string& name) {
    TokenIds ids;
    const Matrix row = golden(name);
    for (Index i = 0; i < row.size(); ++i) ids.push_back(static_cast<int>(row(0, i)));
    return ids;
}

// -------------------------------------------------------------------------------- models by hand

/// What follows an id, and how probable it is.
struct Follows {
    int before, after;
    double probability;
};

/// A model without layers that knows only which id follows which: its logits are log probabilities, whatever it reads.
/// What is not listed has probability e^-60. 16 target ids.
inline TransformerModel chain(std::initializer_list<Follows> probable) {
    constexpr Index n = 16;
    const Scalar large = std::ldexp(Scalar{1}, 100);  // beside it positions are nothing, to the last digit
    TransformerModel model{Matrix::Zero(first_id + 27, n),
                           Matrix::Zero(n, n),
                           {},
                           {},
                           {Matrix::Zero(n, n), RowVector::Zero(n)},
                           NormOrder::pre,
                           Activation::relu,
                           -1};
    for (Index id = 0; id < n; ++id) {
        model.target_table(id, id) = large / 4;  // embed_tokens multiplies by the root of n
        model.output.weight.row(id).setConstant(-60 / large);
    }
    for (const auto& [before, after, probability] : probable) {
        model.output.weight(before, after) = static_cast<Scalar>(std::log(probability)) / large;
    }
    return model;
}

/// What a chain reads: one letter, and a memory that nobody looks at.
inline Reading one_letter() { return {{begin_id, first_id, end_id}, Matrix::Zero(3, 16)}; }

/// The statement's example: ids 4, 5 and 6 are A, B and C. A seems best at first; what follows B is surer.
inline TransformerModel example_chain() {
    return chain({{begin_id, 4, 0.6},
                  {begin_id, 5, 0.4},
                  {4, 4, 0.3},
                  {4, 5, 0.3},
                  {4, end_id, 0.4},
                  {5, 6, 0.9},
                  {5, end_id, 0.1},
                  {6, end_id, 1.0}});
}

/// Multiples of 1/8 from -0.625 to 0.625, no two rows or columns alike.
inline Matrix uneven(Index rows, Index columns, Index first) {
    Matrix result(rows, columns);
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
            result(i, j) = static_cast<Scalar>((7 * i + 3 * j + i * j + first) % 11 - 5) / 8;
        }
    }
    return result;
}
inline Linear uneven_linear(Index d_in, Index d_out, Index first) {
    return {uneven(d_in, d_out, first), uneven(1, d_out, first + 5)};
}
inline MultiHeadWeights uneven_attention(Index first) {
    return {uneven_linear(6, 6, first), uneven_linear(6, 6, first + 1), uneven_linear(6, 6, first + 2),
            uneven_linear(6, 6, first + 3), 2};
}

/// d_model = 6, 2 heads, d_ff = 5, one layer of each kind, 31 source ids, 13 target ids; no id is padding.
inline TransformerModel small_model() {
    const LayerNormWeights norm{RowVector{{1, 0.5, 2, 1.5, -1, 1}}, RowVector{{0, 1, -1, 0.5, 0, 2}}, Scalar{0.25}};
    const encoder::FeedForwardWeights feed_forward{uneven_linear(6, 5, 4), uneven_linear(5, 6, 6)};
    return {uneven(31, 6, 2),
            uneven(13, 6, 1),
            {{{uneven_attention(1), feed_forward, norm, norm}}, norm},
            {{{uneven_attention(2), uneven_attention(7), feed_forward, norm, norm, norm}}, norm},
            uneven_linear(6, 13, 3),
            NormOrder::pre,
            Activation::relu,
            -1};
}

/// Of the word "tea": 5 rows for the small model.
inline Reading small_reading() { return {source_of("tea"), uneven(5, 6, 9)}; }

}  // namespace word_pronunciation::tests

#endif
