// Generated cases of `word_pronunciation`: from (size, seed) to arguments, nearly all of which each function must
// accept. The models are small and drawn at random; what they say is no English.
#ifndef QKV_WORD_PRONUNCIATION_CASES_HPP
#define QKV_WORD_PRONUNCIATION_CASES_HPP

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "testing/cases.hpp"
#include "word_pronunciation.hpp"

namespace word_pronunciation::cases {

using encoder::Activation;
using encoder::EncoderLayerWeights;
using encoder::FeedForwardWeights;
using encoder::LayerNormWeights;
using encoder::NormOrder;
using multi_head_attention::Linear;
using multi_head_attention::MultiHeadWeights;
using qkv::Case;
using qkv::in_double;
using transformer::DecoderLayerWeights;

// ---------------------------------------------------------------------------------------- spelling

/// Letters, capitals, and what is neither: digits, signs, the bytes of other alphabets.
inline auto letters_to_ids(Case& drawn) {
    static const std::string others = "0129 -.@[`{?\n\t\xc3\xa9";
    const Index n_letters = drawn.side(0), kind = drawn.one_of(4);
    std::string word;
    for (Index i = 0; i < n_letters; ++i) {
        const auto letter = static_cast<std::size_t>(drawn.between(0, 26));
        const auto other = static_cast<std::size_t>(drawn.between(0, static_cast<Index>(others.size()) - 1));
        const bool capital = drawn.between(0, 1) == 1 && letter < 26, rare = drawn.between(0, 3) == 0;
        char character = alphabet[letter];
        if (kind == 1 || (kind == 2 && capital)) character = letter < 26 ? static_cast<char>('A' + letter) : '\'';
        if (kind == 3 || (kind == 2 && rare)) character = others[other];
        word += character;
    }
    return std::tuple{word};
}

/// Names; special ids among them; an end in the middle; an id that means nothing, before or behind the end.
inline TokenIds written(Case& drawn, int n_ids) {
    const Index n_tokens = drawn.side(0), kind = drawn.one_of(5);
    TokenIds ids;
    for (Index i = 0; i < n_tokens; ++i) {
        const auto any = static_cast<int>(drawn.between(kind == 0 ? first_id : 0, n_ids - 1));
        ids.push_back(any == end_id && drawn.between(0, 2) > 0 ? first_id : any);
    }
    const bool below = drawn.between(0, 1) == 1, behind = drawn.between(0, 1) == 1;
    const auto middle = static_cast<std::size_t>(n_tokens / 2);
    if (kind == 2 && n_tokens > 0) ids[middle] = end_id;
    if (kind >= 3 && n_tokens > 0) ids.back() = below ? -1 : n_ids;
    if (kind == 4 && n_tokens > 1 && behind) ids.front() = end_id;
    return ids;
}
inline auto ids_to_letters(Case& drawn) { return std::tuple{written(drawn, first_id + 27)}; }
inline auto ids_to_phonemes(Case& drawn) { return std::tuple{written(drawn, first_id + 39)}; }

// ----------------------------------------------------------------------------------------- models

/// What the layers of a case have in common. Drawn before any layer, so that the number of layers changes nothing
/// but what is drawn last.
struct Frame {
    Index d_model, d_ff;
    Index heads[2];  ///< of two attentions in turn
};

/// d_model is a side, made divisible by both numbers of heads.
inline Frame frame(Case& drawn) {
    Frame made{};
    made.heads[0] = drawn.between(1, 3);
    made.heads[1] = drawn.between(1, 3);
    const Index unit = std::lcm(made.heads[0], made.heads[1]);
    made.d_model = (drawn.side() + unit - 1) / unit * unit;
    made.d_ff = drawn.side();
    return made;
}

/// Epsilons are from 1/16 to 1/2: smaller ones would blow up the rounding of rows that are nearly constant.
inline LayerNormWeights norm(Case& drawn, Index d_model) {
    const RowVector gain = drawn.row(d_model), bias = drawn.row(d_model);
    const auto sixteenths = static_cast<Scalar>(drawn.between(1, 7));
    return {gain, bias, (sixteenths + (drawn.number() + 2) / 4) / 16};
}

/// Weights from -1 to 1, so that a stack of layers stays near 1 too.
inline Linear linear(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / 2;
    return {weight, drawn.row(d_out)};
}

inline MultiHeadWeights attention(Case& drawn, Index n_heads, Index d_model) {
    MultiHeadWeights weights;
    weights.query = linear(drawn, d_model, d_model);
    weights.key = linear(drawn, d_model, d_model);
    weights.value = linear(drawn, d_model, d_model);
    weights.output = linear(drawn, d_model, d_model);
    weights.n_heads = n_heads;
    return weights;
}

inline FeedForwardWeights feed_forward(Case& drawn, Index d_model, Index d_ff) {
    Linear inner = linear(drawn, d_model, d_ff);
    return {std::move(inner), linear(drawn, d_ff, d_model)};
}

inline EncoderLayerWeights encoder_layer(Case& drawn, const Frame& frame, Index i) {
    EncoderLayerWeights weights;
    weights.attention = attention(drawn, frame.heads[i % 2], frame.d_model);
    weights.feed_forward = feed_forward(drawn, frame.d_model, frame.d_ff + i % 2);
    weights.attention_norm = norm(drawn, frame.d_model);
    weights.feed_forward_norm = norm(drawn, frame.d_model);
    return weights;
}

/// Self- and cross-attention, and the layers one after another, differ in their heads.
inline DecoderLayerWeights decoder_layer(Case& drawn, const Frame& frame, Index i) {
    DecoderLayerWeights weights;
    weights.self_attention = attention(drawn, frame.heads[i % 2], frame.d_model);
    weights.cross_attention = attention(drawn, frame.heads[1 - i % 2], frame.d_model);
    weights.feed_forward = feed_forward(drawn, frame.d_model, frame.d_ff + i % 2);
    weights.self_norm = norm(drawn, frame.d_model);
    weights.cross_norm = norm(drawn, frame.d_model);
    weights.feed_forward_norm = norm(drawn, frame.d_model);
    return weights;
}

inline TokenIds ids(Case& drawn, Index n_tokens, Index n_vocabulary) {
    TokenIds result;
    for (Index i = 0; i < n_tokens; ++i) result.push_back(static_cast<int>(drawn.between(0, n_vocabulary - 1)));
    return result;
}

/// How many layers encoder and decoder have.
struct Depth {
    Index encoder, decoder;
};

/// The target has phonemes beside the four special ids.
inline TransformerModel model(Case& drawn, Index n_source_vocabulary, Depth depth, Index padding) {
    TransformerModel made;
    const Index n_target_vocabulary = first_id + drawn.side();
    const Frame of_decoder = frame(drawn);
    Frame of_encoder = of_decoder;
    of_encoder.d_ff = drawn.side();
    const bool encoder_norm = drawn.between(0, 1) == 1, decoder_norm = drawn.between(0, 1) == 1;
    made.order = drawn.between(0, 1) == 0 ? NormOrder::post : NormOrder::pre;
    made.activation = drawn.between(0, 1) == 0 ? Activation::relu : Activation::gelu;
    made.padding = static_cast<int>(padding);
    made.source_table = drawn.matrix(n_source_vocabulary, of_encoder.d_model) / 2;
    made.target_table = drawn.matrix(n_target_vocabulary, of_decoder.d_model) / 2;
    for (Index i = 0; i < depth.encoder; ++i) made.encoder.layers.push_back(encoder_layer(drawn, of_encoder, i));
    if (encoder_norm) made.encoder.final_norm = norm(drawn, of_encoder.d_model);
    for (Index i = 0; i < depth.decoder; ++i) made.decoder.layers.push_back(decoder_layer(drawn, of_decoder, i));
    if (decoder_norm) made.decoder.final_norm = norm(drawn, of_decoder.d_model);
    made.output = linear(drawn, of_decoder.d_model, n_target_vocabulary);
    return made;
}

// --------------------------------------------------------------------------------------- one step

/// Padding: none; an id of the vocabulary, often one that occurs. Now and then an id has no row.
inline auto read_word(Case& drawn) {
    constexpr Depth depths[] = {{1, 0}, {0, 1}, {2, 0}, {5, 0}};
    const Index n_source = drawn.side(), n_vocabulary = drawn.side(), depth = drawn.one_of(4);
    const Index padding = drawn.one_of(3), faulty = drawn.between(0, 7);
    TokenIds source = ids(drawn, n_source, n_vocabulary);
    const Index hidden = padding == 0 ? -1 : padding == 1 ? source.front() : source.back();
    if (faulty == 1) source.back() = static_cast<int>(n_vocabulary);
    if (faulty == 2) source.front() = -1;
    return std::tuple{source, model(drawn, n_vocabulary, depths[depth], hidden)};
}

/// How the logits are spread: as they come; shifted far below zero; one of them so large that the others have no
/// probability that a number could hold; all equal.
inline void spread(Index kind, Linear& output) {
    if (kind == 3) output.weight.setZero(), output.bias.setZero();
    if (!in_double) return;
    if (kind == 1) output.bias.array() -= std::ldexp(Scalar{1}, 20);
    if (kind == 2) output.bias(output.bias.size() / 2) += 2000;
}

/// A memory that no encoder made: the words of source only say what is padding.
inline auto next_log_probabilities(Case& drawn) {
    constexpr Depth depths[] = {{0, 1}, {1, 2}, {0, 0}, {0, 4}};
    const Index n_source = drawn.side(), n_said = drawn.side(0), depth = drawn.one_of(4), kind = drawn.one_of(4);
    const Index padding = drawn.one_of(3), faulty = drawn.between(0, 7);
    const auto hidden = static_cast<int>(drawn.between(0, 3));
    TransformerModel made = model(drawn, 3, depths[depth], padding == 0 ? -1 : hidden);
    spread(kind, made.output);
    TokenIds said = ids(drawn, n_said, made.target_table.rows());
    if (faulty == 1 && n_said > 0) said.back() = static_cast<int>(made.target_table.rows());
    const Reading reading{ids(drawn, n_source, 4), drawn.matrix(n_source, made.target_table.cols())};
    return std::tuple{reading, said, made};
}

// ------------------------------------------------------------------------------------- the search

/// Special ids score high, so that it matters that they may not be said; or the end does not, so that the limit is
/// met; or there are ties that rounding cannot touch.
enum class Speech { ordinary, special, endless, equal, whole };

inline void tune(Speech speech, Linear& output, Case& drawn) {
    if (speech == Speech::special) {
        output.bias(0) += 2;
        output.bias(begin_id) += 3;
        output.bias(unknown_id) += 2;
    }
    if (speech == Speech::endless) output.bias(end_id) -= 8;
    if (speech == Speech::equal || speech == Speech::whole) output.weight.setZero(), output.bias.setZero();
    if (speech != Speech::whole) return;
    for (Scalar& logit : output.bias.reshaped()) logit = static_cast<Scalar>(drawn.between(-1, 1));
}

inline auto pronounce(Case& drawn) {
    constexpr Depth depths[] = {{1, 1}, {0, 2}, {1, 0}};
    constexpr Index limits[] = {6, 1, 0, 12}, counts[] = {1, 0, 3};
    const Index n_source = drawn.side(), n_sources = counts[drawn.one_of(3)], depth = drawn.one_of(3);
    const Index speech = drawn.one_of(5), limit = drawn.one_of(4), padding = drawn.one_of(2);
    TransformerModel made = model(drawn, 9, depths[depth], padding - 1);
    tune(Speech(speech), made.output, drawn);
    std::vector<TokenIds> sources;
    for (Index i = 0; i < n_sources; ++i) sources.push_back(ids(drawn, n_source + i, 9));
    return std::tuple{sources, made, limits[limit]};
}

/// Two ids in another order have the same probability, three only nearly: ties of whole numbers end early.
constexpr Index longest_tie = 2;

inline auto beam_search(Case& drawn) {
    constexpr Depth depths[] = {{1, 1}, {0, 2}, {1, 0}};
    // Of many sentences some are closer than float can tell.
    constexpr Index limits[] = {4, 1, 2, 0, 9}, widths[] = {2, 1, 3, in_double ? 5 : 1, in_double ? 40 : 2, 0};
    const Scalar alphas[] = {Scalar{0.6}, 0, 1, Scalar{2.5}, -1};
    const Index n_source = drawn.side(), depth = drawn.one_of(3), speech = drawn.one_of(5), limit = drawn.one_of(5);
    const Index width = drawn.one_of(6), alpha = drawn.one_of(5), padding = drawn.one_of(2);
    TransformerModel made = model(drawn, 9, depths[depth], padding - 1);
    tune(Speech(speech), made.output, drawn);
    const Index most = Speech(speech) == Speech::whole ? std::min(limits[limit], longest_tie) : limits[limit];
    return std::tuple{ids(drawn, n_source, 9), made, widths[width], alphas[alpha], most};
}

// -------------------------------------------------------------------------------------- error rate

/// Of few ids, so that many agree; or the one is made of the other by a few changes.
inline std::pair<TokenIds, TokenIds> two_lists(Case& drawn, Index n_said, Index n_expected, bool related) {
    const TokenIds expected = ids(drawn, n_expected, 3);
    TokenIds said = ids(drawn, n_said, 3);
    const auto rotate = static_cast<std::ptrdiff_t>(drawn.between(0, 2));
    if (related) {
        said = expected;
        if (std::ssize(said) > rotate) std::rotate(said.begin(), said.begin() + rotate, said.end());
        if (!said.empty()) said[said.size() / 2] = 3;
    }
    return {said, expected};
}

inline auto edit_distance(Case& drawn) {
    const Index n_said = drawn.side(0), n_expected = drawn.side(0);
    const bool related = drawn.one_of(2) == 1;
    const auto [said, expected] = two_lists(drawn, n_said, n_expected, related);
    return std::tuple{said, expected};
}

inline auto phoneme_error_rate(Case& drawn) {
    const Index n_words = drawn.side(0), longest = drawn.side(0), kind = drawn.one_of(3);
    std::vector<TokenIds> said, expected;
    for (Index i = 0; i < n_words; ++i) {
        const Index n_said = drawn.between(0, longest), n_expected = kind == 2 ? 0 : drawn.between(0, longest);
        auto [one, other] = two_lists(drawn, n_said, n_expected, kind == 1);
        said.push_back(std::move(one));
        expected.push_back(std::move(other));
    }
    return std::tuple{said, expected};
}

// ---------------------------------------------------------------------------------------- alignment

/// Queries that are all zero look at every letter alike: a tie, exactly, where their number is a power of two.
inline auto align(Case& drawn) {
    constexpr Depth depths[] = {{0, 1}, {1, 2}, {0, 0}, {0, 4}};
    const Index n_source = drawn.side(), n_said = drawn.side(0), depth = drawn.one_of(4);
    const Index padding = drawn.one_of(3);
    const auto hidden = static_cast<int>(drawn.between(0, 3));
    const TransformerModel made = model(drawn, 3, depths[depth], padding == 0 ? -1 : hidden);
    const TokenIds said = ids(drawn, n_said, made.target_table.rows());
    const Reading reading{ids(drawn, n_source, 4), drawn.matrix(n_source, made.target_table.cols())};
    return std::tuple{reading, said, made};
}

// -------------------------------------------------------- what the header leaves open, or excludes

inline bool leaves_open(const TransformerModel& model) {
    return model.target_table.rows() != model.output.weight.cols() ||
           model.source_table.cols() != model.target_table.cols() || model.target_table.cols() == 0;
}
inline bool leaves_open(const TokenIds& source, const TransformerModel& model) {
    return source.empty() || model.source_table.cols() == 0;
}
inline bool leaves_open(const Reading& reading, const TokenIds&, const TransformerModel& model) {
    return reading.source.empty() || model.decoder.layers.empty() || model.target_table.cols() == 0 ||
           model.target_table.rows() != model.output.weight.cols();
}
inline bool leaves_open(const std::vector<TokenIds>& sources, const TransformerModel& model, Index max_tokens) {
    const bool one_is_empty = std::ranges::any_of(sources, [](const TokenIds& source) { return source.empty(); });
    return one_is_empty || (leaves_open(model) && max_tokens >= 1);
}
inline bool leaves_open(const TokenIds& source, const TransformerModel& model, Index beam_width, Scalar alpha,
                        Index max_tokens) {
    return source.empty() || (leaves_open(model) && beam_width >= 1 && alpha >= 0 && max_tokens >= 1);
}

/// Longer ties, when max_tokens was changed: the last digit decides which comes first.
inline bool hangs_on_rounding(const TransformerModel& model, Index max_tokens) {
    const RowVector& logits = model.output.bias;
    const bool ties = model.output.weight.isZero(0) && logits.size() > 0 && (logits.array() != logits(0)).any();
    return ties && max_tokens > longest_tie;
}

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace word_pronunciation::cases

#endif
