// Generated cases of `training`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_TRAINING_CASES_HPP
#define QKV_TRAINING_CASES_HPP

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>
#include <vector>

#include "testing/cases.hpp"
#include "training.hpp"

namespace training::cases {

using qkv::Case;
using qkv::in_double;

/// From 0 to below 1.
inline Scalar share(Case& drawn, Index kind) {
    if (kind == 0) return 0;
    return drawn.magnitude() / 2 * Scalar(kind == 1 ? 0.95 : 0.5);
}

/// Shapes of a list of matrices; now and then the last has no element.
struct Shapes {
    Index count, rows, columns;
};

inline Shapes shapes(Case& drawn) {
    constexpr Index counts[] = {2, 1, 0, 5};
    const Index count = counts[drawn.one_of(4)], rows = drawn.side();
    return {count, rows, drawn.side(0)};
}

/// No two neighbours have the same shape.
inline std::vector<Matrix> matrices(Case& drawn, const Shapes& of) {
    std::vector<Matrix> list;
    for (Index i = 0; i < of.count; ++i) list.push_back(drawn.matrix(of.rows + i % 2, of.columns + i / 2));
    return list;
}

/// Ordinary gradients; huge ones; tiny ones; zeros.
inline std::vector<Matrix> gradients(Case& drawn, const Shapes& of, Index kind) {
    const Scalar sizes[] = {1, in_double ? Scalar(1e6) : 8, in_double ? Scalar(1e-6) : 1, 0};
    std::vector<Matrix> list = matrices(drawn, of);
    for (Matrix& each : list) each *= sizes[kind];
    return list;
}

inline auto global_norm(Case& drawn) {
    const Index kind = drawn.one_of(4);
    return std::tuple{gradients(drawn, shapes(drawn), kind)};
}

inline auto clip_gradients(Case& drawn) {
    const Index kind = drawn.one_of(4), bound = drawn.one_of(4);
    const std::vector<Matrix> list = gradients(drawn, shapes(drawn), kind);
    const Scalar bounds[] = {1000, 1, drawn.magnitude() + Scalar(0.0625), Scalar(1e-5)};
    return std::tuple{list, bounds[bound]};
}

inline auto adam_start(Case& drawn) { return std::tuple{matrices(drawn, shapes(drawn))}; }

/// Epsilons are so large that rounding of a gradient never becomes a step. The last betas are those that everybody
/// uses: after a thousand steps they still make a difference.
inline AdamSettings adam_settings(Case& drawn) {
    const Index kind1 = drawn.one_of(4), kind2 = drawn.one_of(4), small = drawn.one_of(2);
    const Scalar beta1 = kind1 == 3 ? Scalar(0.9) : share(drawn, kind1);
    const Scalar beta2 = kind2 == 3 ? Scalar(0.999) : share(drawn, kind2);
    return {beta1, beta2, small == 0 ? Scalar(0.0625) : drawn.magnitude() + Scalar(0.25)};
}

inline AdamState adam_state(Case& drawn, const Shapes& of, Index steps) {
    AdamState state{steps, matrices(drawn, of), matrices(drawn, of)};
    for (Matrix& each : state.second) each = each.cwiseAbs();
    if (steps > 0) return state;
    for (std::vector<Matrix>* list : {&state.first, &state.second})
        for (Matrix& each : *list) each.setZero();
    return state;
}

inline auto adam_step(Case& drawn) {
    constexpr Index counts[] = {0, 1, 7, 1000};
    const Index steps = counts[drawn.one_of(4)], kind = drawn.one_of(4);
    AdamSettings settings = adam_settings(drawn);
    if (kind >= 2) settings.beta2 = std::max(settings.beta2, Scalar{0.25});  // the root of what is nearly 0 is steep
    const Shapes of = shapes(drawn);
    const std::vector<Matrix> parameters = matrices(drawn, of), its_gradients = gradients(drawn, of, kind);
    const AdamState state = adam_state(drawn, of, steps);
    return std::tuple{parameters, its_gradients, state, drawn.number(), settings};
}

inline auto noam_rate(Case& drawn) {
    constexpr Index factors[] = {1, 1000, 1000000};
    const Index kind = drawn.one_of(4), warmup = drawn.side() * factors[drawn.one_of(3)];
    const Index steps[] = {drawn.between(1, 9), warmup, warmup + drawn.between(1, 9), 1000 * warmup};
    return std::tuple{steps[kind], drawn.side(), warmup};
}

/// No mask, any, nothing kept, all kept.
inline Mask kept(Case& drawn, Index kind, Index rows, Index columns) {
    if (kind == 0) return Mask();
    if (kind == 1) return drawn.mask(rows, columns);
    return Mask::Constant(rows, columns, kind == 3);
}

inline auto dropout(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(0), kind = drawn.one_of(4), rate = drawn.one_of(3);
    const Matrix input = drawn.matrix(n_tokens, d_model);
    const Mask mask = kept(drawn, kind, n_tokens, d_model);
    return std::tuple{input, mask, share(drawn, rate)};
}

inline auto dropout_backward(Case& drawn) { return dropout(drawn); }

// ------------------------------------------------------------------------------------- the layers

/// Epsilons are from 1/16 to 1/2: smaller ones would blow up the rounding of rows that are nearly constant.
inline LayerNormWeights norm(Case& drawn, Index d_model) {
    const RowVector gain = drawn.row(d_model), bias = drawn.row(d_model);
    return {gain, bias, static_cast<Scalar>(drawn.between(1, 8)) / 16};
}

/// Weights small enough for any width, so that softmax and relu stay alive.
inline Linear linear(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / (1 + std::sqrt(static_cast<Scalar>(d_in)));
    return {weight, drawn.row(d_out) / 2};
}

inline FeedForwardWeights feed_forward(Case& drawn, Index d_model, Index d_ff) {
    Linear inner = linear(drawn, d_model, d_ff);
    return {std::move(inner), linear(drawn, d_ff, d_model)};
}

inline MultiHeadWeights attention(Case& drawn, Index n_heads, Index d_model, Index d_memory) {
    MultiHeadWeights weights;
    weights.query = linear(drawn, d_model, d_model);
    weights.key = linear(drawn, d_memory, d_model);
    weights.value = linear(drawn, d_memory, d_model);
    weights.output = linear(drawn, d_model, d_model);
    weights.n_heads = n_heads;
    return weights;
}

/// Widths. The number of heads is a kind of its own: as a side it would make d_model too large.
struct Widths {
    Index n_heads, d_model, d_ff;
};

inline Widths widths(Case& drawn) {
    const Index n_heads = 1 + drawn.one_of(3), d_head = drawn.side(), d_ff = drawn.side();
    return {n_heads, n_heads * std::min(d_head, Index{30}), d_ff};
}

inline auto feed_forward_backward(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), d_ff = drawn.side();
    FeedForwardWeights weights = feed_forward(drawn, d_model, d_ff);
    if (drawn.one_of(2) == 1) {  // exactly 0 before relu, in whatever order one adds
        weights.inner.weight.col(d_ff - 1).setZero();
        weights.inner.bias(d_ff - 1) = 0;
    }
    const Matrix input = drawn.matrix(n_tokens, d_model);
    return std::tuple{input, weights, drawn.matrix(n_tokens, d_model)};
}

inline EncoderLayerWeights encoder_layer(Case& drawn, const Widths& of) {
    EncoderLayerWeights weights;
    weights.attention = attention(drawn, of.n_heads, of.d_model, of.d_model);
    weights.feed_forward = feed_forward(drawn, of.d_model, of.d_ff);
    weights.attention_norm = norm(drawn, of.d_model);
    weights.feed_forward_norm = norm(drawn, of.d_model);
    return weights;
}

inline DecoderLayerWeights decoder_layer(Case& drawn, const Widths& of, Index cross_heads, Index d_memory) {
    DecoderLayerWeights weights;
    weights.self_attention = attention(drawn, of.n_heads, of.d_model, of.d_model);
    weights.cross_attention = attention(drawn, cross_heads, of.d_model, d_memory);
    weights.feed_forward = feed_forward(drawn, of.d_model, of.d_ff);
    weights.self_norm = norm(drawn, of.d_model);
    weights.cross_norm = norm(drawn, of.d_model);
    weights.feed_forward_norm = norm(drawn, of.d_model);
    return weights;
}

inline auto encoder_layer_backward(Case& drawn) {
    const Index n_tokens = drawn.side();
    const Widths of = widths(drawn);
    const EncoderLayerWeights weights = encoder_layer(drawn, of);
    const Matrix tokens = drawn.matrix(n_tokens, of.d_model);
    return std::tuple{tokens, weights, drawn.matrix(n_tokens, of.d_model)};
}

inline auto decoder_layer_backward(Case& drawn) {
    const Index n_target = drawn.side(), n_source = drawn.side(), d_memory = drawn.side();
    const Index cross = drawn.one_of(2);
    const Widths of = widths(drawn);
    const DecoderLayerWeights weights = decoder_layer(drawn, of, cross == 0 ? 1 : of.n_heads, d_memory);
    const Matrix tokens = drawn.matrix(n_target, of.d_model), memory = drawn.matrix(n_source, d_memory);
    return std::tuple{tokens, memory, weights, drawn.matrix(n_target, of.d_model)};
}

// -------------------------------------------------------------------------------------- the model

inline Model model(Case& drawn, const Widths& of, Index n_source, Index n_target) {
    Model made;
    made.source_table = drawn.matrix(n_source, of.d_model) / 2;
    made.target_table = drawn.matrix(n_target, of.d_model) / 2;
    made.encoder = encoder_layer(drawn, of);
    made.decoder = decoder_layer(drawn, of, of.n_heads, of.d_model);
    made.output = linear(drawn, of.d_model, n_target);
    return made;
}

/// From 0 to count - 1. It is made of a value and not of a size, so that long sentences differ.
inline int id(Case& drawn, Index count) {
    return static_cast<int>(
        std::min(static_cast<Index>(drawn.magnitude() / 2 * static_cast<Scalar>(count)), count - 1));
}

inline TokenIds ids(Case& drawn, Index n_tokens, Index count) {
    TokenIds list;
    for (Index i = 0; i < n_tokens; ++i) list.push_back(id(drawn, count));
    return list;
}

/// How long a sentence is, and what of it is dropped.
struct Lengths {
    Index n_source, n_target, source_kept, target_kept;
};

inline Lengths lengths(Case& drawn) {
    const Index n_source = drawn.side(), n_target = drawn.side(), source_kept = drawn.one_of(3);
    return {n_source, n_target, source_kept, drawn.one_of(3)};
}

/// The same, never long: a gradient of a whole model is much to compute and to send.
inline Lengths short_lengths(Case& drawn) {
    const Index n_source = drawn.between(1, 4), n_target = drawn.between(1, 4), source_kept = drawn.one_of(4);
    return {n_source, n_target, source_kept, drawn.one_of(4)};
}

/// Of whole models: small, and no sides.
inline Widths small_widths(Case& drawn) {
    const Index n_heads = 1 + drawn.one_of(3), d_head = drawn.between(1, 3), d_ff = drawn.between(1, 5);
    return {n_heads, n_heads * d_head, d_ff};
}

inline Sentence sentence(Case& drawn, const Lengths& of, const Model& model) {
    Sentence made;
    const Index d_model = model.target_table.cols();
    made.source = ids(drawn, of.n_source, model.source_table.rows());
    made.target = ids(drawn, of.n_target, model.target_table.rows());
    made.source_kept = kept(drawn, of.source_kept, of.n_source, d_model);
    made.target_kept = kept(drawn, of.target_kept, of.n_target, d_model);
    return made;
}

/// Now and then an id of a sentence has no row in its table, the last target token excepted.
inline void spoil(Case& drawn, Index kind, Sentence& made, const Model& model) {
    if (kind == 1) made.source.back() = static_cast<int>(model.source_table.rows());
    if (kind == 2) made.source.front() = -1;
    if (kind == 3) made.target.insert(made.target.begin(), static_cast<int>(model.target_table.rows()));
    if (kind == 3 && made.target_kept.size() > 0) made.target_kept = Mask();
    (void)drawn;
}

inline auto logits(Case& drawn) {
    const Lengths length = lengths(drawn);
    const Widths of = small_widths(drawn);
    const Index n_source = drawn.side(), n_target = drawn.side(), rate = drawn.one_of(3), fault = drawn.between(0, 15);
    const Model made = model(drawn, of, n_source, n_target);
    Sentence read = sentence(drawn, length, made);
    spoil(drawn, fault, read, made);
    return std::tuple{made, read, share(drawn, rate)};
}

/// One to three sentences; the second is one token longer there and two tokens longer back, the third as long as the
/// first.
inline std::vector<Sentence> batch(Case& drawn, Index count, Lengths length, const Model& model, Index fault) {
    std::vector<Sentence> made;
    for (Index i = 0; i < count; ++i) {
        made.push_back(sentence(drawn, length, model));
        const Index sign = i % 2 == 0 ? 1 : -1;
        length.n_source += sign, length.n_target += 2 * sign;
    }
    spoil(drawn, fault, made.back(), model);
    return made;
}

inline auto loss_and_gradient(Case& drawn) {
    const Index count = 1 + drawn.one_of(3);
    const Lengths length = short_lengths(drawn);
    const Widths of = small_widths(drawn);
    const Index n_source = drawn.between(1, 5), n_target = drawn.between(1, 5), rate = drawn.one_of(3),
                smooth = drawn.one_of(3), fault = drawn.between(0, 15);
    const Model made = model(drawn, of, n_source, n_target);
    const std::vector<Sentence> sentences = batch(drawn, count, length, made, fault);
    const Scalar smoothing = smooth == 2 ? 1 : share(drawn, smooth);
    return std::tuple{made, sentences, smoothing, share(drawn, rate)};
}

inline auto training_step(Case& drawn) {
    constexpr Index counts[] = {0, 1, 40};
    const Index steps = counts[drawn.one_of(3)], bound = drawn.one_of(2), warmup = drawn.between(1, 50);
    AdamSettings adam = adam_settings(drawn);
    adam.beta2 = std::max(adam.beta2, Scalar{0.25});  // as in adam_step, for gradients that are nearly 0
    const auto [made, sentences, smoothing, drop_rate] = loss_and_gradient(drawn);
    AdamState state = adam_state(drawn, {0, 0, 0}, steps);
    for (const Matrix& each : parameters(made)) {
        const bool fresh = steps == 0;
        state.first.push_back(fresh ? Matrix(each * 0) : Matrix(each / 4));
        state.second.push_back(fresh ? Matrix(each * 0) : Matrix(each.cwiseAbs() / 2));
    }
    return std::tuple{made, state, sentences,
                      TrainingSettings{smoothing, drop_rate, bound == 0 ? Scalar{100} : Scalar(0.125), warmup, adam}};
}

// --------------------------------------------------------------------------- what the header leaves open

/// An empty mask that is not 0 x 0 and does not fit either.
inline bool odd(const Mask& mask, Index rows, Index columns) {
    return mask.size() == 0 && mask.rows() + mask.cols() > 0 && !(mask.rows() == rows && mask.cols() == columns);
}

inline bool leaves_open(const Matrix& input, const Mask& kept, Scalar) { return odd(kept, input.rows(), input.cols()); }
inline bool leaves_open(const Matrix& tokens, const EncoderLayerWeights&, const Matrix&) { return tokens.size() == 0; }
inline bool leaves_open(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights&, const Matrix&) {
    return tokens.size() == 0 || memory.size() == 0;
}
inline bool leaves_open(const Model& model, const Sentence& sentence) {
    const Index d_model = model.target_table.cols();
    return model.target_table.rows() != model.output.weight.cols() || model.source_table.cols() != d_model ||
           odd(sentence.source_kept, static_cast<Index>(sentence.source.size()), d_model) ||
           odd(sentence.target_kept, static_cast<Index>(sentence.target.size()), d_model);
}
inline bool leaves_open(const Model& model, const Sentence& sentence, Scalar) { return leaves_open(model, sentence); }
inline bool leaves_open(const Model& model, const std::vector<Sentence>& batch) {
    for (const Sentence& sentence : batch) {
        if (leaves_open(model, sentence)) return true;
    }
    return false;
}
inline bool leaves_open(const Model& model, const std::vector<Sentence>& batch, Scalar, Scalar) {
    return leaves_open(model, batch);
}
inline bool leaves_open(const Model& model, const AdamState&, const std::vector<Sentence>& batch,
                        const TrainingSettings&) {
    return leaves_open(model, batch);
}

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace training::cases

#endif
