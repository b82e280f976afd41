// Generated cases of `transformer`: from (size, seed) to arguments, nearly all of which each function must accept.
#ifndef QKV_TRANSFORMER_CASES_HPP
#define QKV_TRANSFORMER_CASES_HPP

#include <numeric>
#include <tuple>
#include <utility>

#include "testing/cases.hpp"
#include "transformer.hpp"

namespace transformer::cases {

using qkv::Case;
using qkv::in_double;

/// How large the scores of an attention are. Float has too few digits for any but `ordinary`.
enum class Scores { ordinary, large, far_below };

/// What the layers of a case have in common. Drawn before any layer, so that the number of layers changes nothing
/// but what is drawn last.
struct Frame {
    Index d_model, d_memory, d_ff, n_layers;
    Index heads[2];            ///< of two attentions in turn
    Scores in_self, in_cross;  ///< of one layer: in all of them, rounding would grow too much
};

/// d_model is a side, made divisible by both numbers of heads.
inline Frame frame(Case& drawn, Index d_memory, Index n_layers) {
    Frame made{};
    made.heads[0] = drawn.between(1, 3);
    made.heads[1] = drawn.between(1, 3);
    const Index unit = std::lcm(made.heads[0], made.heads[1]);
    made.d_model = (drawn.side() + unit - 1) / unit * unit;
    made.d_memory = d_memory == 0 ? made.d_model : d_memory;
    made.d_ff = drawn.side();
    made.n_layers = n_layers;
    const Index kind = drawn.one_of(4);
    made.in_self = made.in_cross = Scores::ordinary;
    if (in_double && kind == 1) made.in_self = Scores::large;
    if (in_double && kind == 2) made.in_cross = Scores::large;
    if (in_double && kind == 3) made.in_self = made.in_cross = Scores::far_below;
    return made;
}

/// Epsilons are from 1/16 to 1/2: smaller ones would blow up the rounding of rows that are nearly constant. Some norms
/// share theirs.
inline LayerNormWeights norm(Case& drawn, Index d_model) {
    const RowVector gain = drawn.row(d_model), bias = drawn.row(d_model);
    const bool share = drawn.between(0, 1) == 0;
    const auto sixteenths = static_cast<Scalar>(drawn.between(1, 7));
    if (share) return {gain, bias, Scalar{1} / 3};
    return {gain, bias, (sixteenths + (drawn.number() + 2) / 4) / 16};
}

/// Weights from -1 to 1, so that a stack of layers stays near 1 too.
inline Linear linear(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / 2;
    return {weight, drawn.row(d_out)};
}

/// Feature 0 of each head is a large number of either sign for every token: all scores are far below zero.
inline void lower_scores(MultiHeadWeights& weights) {
    const Index d_head = weights.query.weight.cols() / weights.n_heads;
    for (Index first = 0; first < weights.query.weight.cols(); first += d_head) {
        weights.query.weight.col(first).setZero();
        weights.key.weight.col(first).setZero();
        weights.query.bias(first) = 512;
        weights.key.bias(first) = -512;
    }
}

inline MultiHeadWeights attention(Case& drawn, Index n_heads, Index d_model, Index d_memory, Scores scores) {
    MultiHeadWeights weights;
    weights.query = linear(drawn, d_model, d_model);
    weights.key = linear(drawn, d_memory, d_model);
    weights.value = linear(drawn, d_memory, d_model);
    weights.output = linear(drawn, d_model, d_model);
    weights.n_heads = n_heads;
    if (scores == Scores::large) weights.query.weight *= 1024, weights.query.bias *= 1024;
    if (scores == Scores::far_below) lower_scores(weights);
    return weights;
}

inline FeedForwardWeights feed_forward(Case& drawn, Index d_model, Index d_ff) {
    Linear inner = linear(drawn, d_model, d_ff);
    return {std::move(inner), linear(drawn, d_ff, d_model)};
}

/// Whether layer i is the one whose scores are large.
inline bool is_special(const Frame& frame, Index i) { return i == frame.n_layers / 2; }

inline EncoderLayerWeights encoder_layer(Case& drawn, const Frame& frame, Index i) {
    EncoderLayerWeights weights;
    const Scores scores = is_special(frame, i) ? frame.in_self : Scores::ordinary;
    weights.attention = attention(drawn, frame.heads[i % 2], frame.d_model, frame.d_model, scores);
    weights.feed_forward = feed_forward(drawn, frame.d_model, frame.d_ff + i % 2);
    weights.attention_norm = norm(drawn, frame.d_model);
    weights.feed_forward_norm = norm(drawn, frame.d_model);
    return weights;
}

/// Self- and cross-attention, and the layers one after another, differ in their heads.
inline DecoderLayerWeights layer(Case& drawn, const Frame& frame, Index i) {
    DecoderLayerWeights weights;
    const Scores in_self = is_special(frame, i) ? frame.in_self : Scores::ordinary,
                 in_cross = is_special(frame, i) ? frame.in_cross : Scores::ordinary;
    weights.self_attention = attention(drawn, frame.heads[i % 2], frame.d_model, frame.d_model, in_self);
    weights.cross_attention = attention(drawn, frame.heads[1 - i % 2], frame.d_model, frame.d_memory, in_cross);
    weights.feed_forward = feed_forward(drawn, frame.d_model, frame.d_ff + i % 2);
    weights.self_norm = norm(drawn, frame.d_model);
    weights.cross_norm = norm(drawn, frame.d_model);
    weights.feed_forward_norm = norm(drawn, frame.d_model);
    return weights;
}

inline DecoderWeights decoder(Case& drawn, const Frame& frame, bool with_norm) {
    DecoderWeights weights;
    for (Index i = 0; i < frame.n_layers; ++i) weights.layers.push_back(layer(drawn, frame, i));
    if (with_norm) weights.final_norm = norm(drawn, frame.d_model);
    return weights;
}

inline Activation activation(Case& drawn) { return drawn.between(0, 1) == 0 ? Activation::relu : Activation::gelu; }
inline NormOrder order(Case& drawn) { return drawn.between(0, 1) == 0 ? NormOrder::post : NormOrder::pre; }

/// No mask; one that hides about a third; one behind which a query sees nothing; one that hides a key from everybody.
inline Mask maybe_mask(Case& drawn, Index n_queries, Index n_keys) {
    const Index kind = drawn.one_of(4);
    if (kind == 0) return Mask();
    Mask mask = drawn.mask(n_queries, n_keys);
    if (kind == 2 && n_queries > 0) mask.row(n_queries / 2).setConstant(false);
    if (kind == 3 && n_keys > 1) mask.col(n_keys / 2).setConstant(false);
    return mask;
}

inline TokenIds ids(Case& drawn, Index n_tokens, Index n_vocabulary) {
    TokenIds result;
    for (Index i = 0; i < n_tokens; ++i) result.push_back(static_cast<int>(drawn.between(0, n_vocabulary - 1)));
    return result;
}

/// Any ids; the same one again and again; one that has no row in the table, on either side of it.
inline auto embed_tokens(Case& drawn) {
    const Index n_vocabulary = drawn.side(), d_model = drawn.side(), n_tokens = drawn.side(0), kind = drawn.one_of(4);
    const Index one = drawn.between(0, n_vocabulary - 1);
    TokenIds tokens(static_cast<std::size_t>(n_tokens), static_cast<int>(one));
    if (kind != 1) tokens = ids(drawn, n_tokens, n_vocabulary);
    if (kind == 2 && n_tokens > 0) tokens.back() = static_cast<int>(n_vocabulary);
    if (kind == 3 && n_tokens > 0) tokens.front() = -1;
    return std::tuple{tokens, drawn.matrix(n_vocabulary, d_model)};
}

/// Of few ids, so that padding is frequent; -1 is none of them.
inline auto source_mask(Case& drawn) {
    const Index n_queries = drawn.side(0), n_source = drawn.side(0), padding = drawn.one_of(5) - 1;
    return std::tuple{n_queries, ids(drawn, n_source, 3), static_cast<int>(padding)};
}

inline auto target_mask(Case& drawn) {
    const Index n_target = drawn.side(0), padding = drawn.one_of(5) - 1;
    return std::tuple{ids(drawn, n_target, 3), static_cast<int>(padding)};
}

/// What decoder_layer and decode are given besides weights.
struct Scene {
    Matrix tokens, memory;
    NormOrder order;
    Activation activation;
    Mask self_mask, cross_mask;
};

inline Scene scene(Case& drawn, Index n_target, Index n_source, const Frame& frame) {
    Scene made;
    made.order = order(drawn);
    made.activation = activation(drawn);
    made.tokens = drawn.matrix(n_target, frame.d_model);
    made.memory = drawn.matrix(n_source, frame.d_memory);
    made.self_mask = maybe_mask(drawn, n_target, n_target);
    made.cross_mask = maybe_mask(drawn, n_target, n_source);
    return made;
}

/// One feature too many, or too few: a map that fits in itself, but not its neighbours.
inline void change_width(Linear& layer, Index by) {
    const Index d_out = layer.weight.cols() + by;
    layer.weight.conservativeResizeLike(Matrix::Ones(layer.weight.rows(), d_out));
    layer.bias.conservativeResizeLike(RowVector::Ones(d_out));
}

/// Of one sublayer now and then.
inline void change_some_width(Index which, DecoderLayerWeights& weights) {
    Linear* const outputs[] = {&weights.self_attention.output, &weights.cross_attention.output,
                               &weights.feed_forward.outer};
    if (which < 6) change_width(*outputs[which % 3], which < 3 ? 1 : -1);
}

inline auto decoder_layer(Case& drawn) {
    const Index n_target = drawn.side(0), n_source = drawn.side(0), d_memory = drawn.side();
    const Index faulty = drawn.between(0, 23);
    const Frame made = frame(drawn, d_memory, 1);
    const Scene given = scene(drawn, n_target, n_source, made);
    DecoderLayerWeights weights = layer(drawn, made, 0);
    change_some_width(faulty, weights);
    return std::tuple{given.tokens,     given.memory,    weights,         given.order,
                      given.activation, given.self_mask, given.cross_mask};
}

/// Usually few layers, for speed; seven are more than usual stacks have.
inline Index number_of_layers(Case& drawn) {
    constexpr Index numbers[] = {1, 0, 2, 1, 7};
    return numbers[drawn.one_of(5)];
}

/// A final norm in either order.
inline auto decode(Case& drawn) {
    const Index n_target = drawn.side(0), n_source = drawn.side(0), d_memory = drawn.side();
    const Frame made = frame(drawn, d_memory, number_of_layers(drawn));
    const bool with_norm = drawn.one_of(2) == 1;
    const Scene given = scene(drawn, n_target, n_source, made);
    return std::tuple{given.tokens,    given.memory,    decoder(drawn, made, with_norm), given.order, given.activation,
                      given.self_mask, given.cross_mask};
}

/// A model, and what it is to read.
struct Reading {
    TransformerModel model;
    TokenIds source, target;
};

/// Padding is no id at all; that of the first source token, or of the first target token, which then sees nothing;
/// any.
inline int padding_of(Case& drawn, Index kind, const TokenIds& source, const TokenIds& target) {
    const auto any = static_cast<int>(drawn.between(0, 3));
    if (kind == 1 && !source.empty()) return source.front();
    if (kind == 2 && !target.empty()) return target.front();
    return kind == 0 ? -1 : any;
}

/// Now and then an id of the source or of the target has no row in its table.
inline Reading reading(Case& drawn) {
    Reading made;
    const Index n_source = drawn.side(), n_target = drawn.side();
    const Index n_source_vocabulary = drawn.side(), n_target_vocabulary = drawn.side();
    constexpr Index layers[][2] = {{1, 1}, {0, 2}, {2, 0}, {7, 1}, {1, 13}, {13, 1}};  // of encoder and decoder
    const auto [n_encoder_layers, n_decoder_layers] = layers[drawn.one_of(6)];
    const Index faulty = drawn.between(0, 11);
    Frame of_decoder = frame(drawn, 0, n_decoder_layers), of_encoder = of_decoder;
    of_encoder.n_layers = n_encoder_layers;
    of_encoder.d_ff = drawn.side();
    const bool encoder_norm = drawn.between(0, 1) == 1, decoder_norm = drawn.between(0, 1) == 1;
    const Index padding = drawn.one_of(4);
    made.model.order = order(drawn);
    made.model.activation = activation(drawn);
    made.source = ids(drawn, n_source, n_source_vocabulary);
    made.target = ids(drawn, n_target, n_target_vocabulary);
    made.model.padding = padding_of(drawn, padding, made.source, made.target);
    if (faulty == 1) made.source.back() = static_cast<int>(n_source_vocabulary);
    if (faulty == 2) made.target.front() = static_cast<int>(n_target_vocabulary);

    made.model.source_table = drawn.matrix(n_source_vocabulary, of_encoder.d_model) / 2;
    made.model.target_table = drawn.matrix(n_target_vocabulary, of_decoder.d_model) / 2;
    for (Index i = 0; i < n_encoder_layers; ++i)
        made.model.encoder.layers.push_back(encoder_layer(drawn, of_encoder, i));
    if (encoder_norm) made.model.encoder.final_norm = norm(drawn, of_encoder.d_model);
    made.model.decoder = decoder(drawn, of_decoder, decoder_norm);
    made.model.output = linear(drawn, of_decoder.d_model, n_target_vocabulary);
    return made;
}

inline auto transformer_logits(Case& drawn) {
    const Reading made = reading(drawn);
    return std::tuple{made.source, made.target, made.model};
}

/// Scores that rounding cannot touch: all equal; nearly equal, the last one best; far below zero.
inline void decide_scores(Index kind, Linear& output) {
    const Index n_vocabulary = output.bias.size();
    if (kind == 0 || !in_double) return;
    if (kind == 3) {
        output.bias.array() -= std::ldexp(Scalar{1}, 35);
        return;
    }
    output.weight.setZero();
    output.bias.setZero();
    for (Index id = 0; kind == 2 && id < n_vocabulary; ++id) {
        output.bias(id) = 1 + std::ldexp(static_cast<Scalar>(id), -30);
    }
}

/// End tokens are ids; or none, below or beyond the table: then only the limit ends the answer.
inline auto greedy_decode(Case& drawn) {
    const Index scores = drawn.one_of(4), end_kind = drawn.one_of(3);
    constexpr Index limits[] = {6, 1, 0, 20};
    const Index max_tokens = limits[drawn.one_of(4)];
    Reading made = reading(drawn);
    decide_scores(scores, made.model.output);
    const Index n_vocabulary = made.model.target_table.rows();
    const auto any = static_cast<int>(drawn.between(0, n_vocabulary - 1));
    const int end = end_kind == 0 ? -1 : end_kind == 1 ? static_cast<int>(n_vocabulary) : any;
    return std::tuple{made.source, made.model, made.target.front(), end, max_tokens};
}

/// An empty mask that is not 0 x 0 and does not fit either.
inline bool odd_mask(const Mask& mask, Index n_queries, Index n_keys) {
    return mask.size() == 0 && mask.rows() + mask.cols() > 0 && !(mask.rows() == n_queries && mask.cols() == n_keys);
}

// What transformer.hpp leaves open, for the arguments of each function: it may be answered or refused.
inline bool leaves_open(const TokenIds&, const Matrix& table) { return table.cols() == 0; }
inline bool leaves_open(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights&, NormOrder, Activation,
                        const Mask& self_mask, const Mask& cross_mask) {
    return tokens.rows() == 0 || memory.rows() == 0 || odd_mask(self_mask, tokens.rows(), tokens.rows()) ||
           odd_mask(cross_mask, tokens.rows(), memory.rows());
}
inline bool leaves_open(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
                        Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    return weights.layers.empty() ||
           leaves_open(tokens, memory, weights.layers[0], order, activation, self_mask, cross_mask);
}
inline bool leaves_open(const TransformerModel& model) {
    return model.target_table.rows() != model.output.weight.cols() ||
           model.source_table.cols() != model.target_table.cols();
}
inline bool leaves_open(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    return source.empty() || target.empty() || leaves_open(model);
}
inline bool leaves_open(const TokenIds& source, const TransformerModel& model, int, int, Index) {
    return source.empty() || leaves_open(model);
}

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace transformer::cases

#endif
