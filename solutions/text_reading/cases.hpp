// Generated cases of `text_reading`: from (size, seed) to arguments, nearly all of which each function must accept.
#ifndef QKV_TEXT_READING_CASES_HPP
#define QKV_TEXT_READING_CASES_HPP

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "testing/cases.hpp"
#include "text_reading.hpp"

namespace text_reading::cases {

using encoder::LayerNormWeights;
using qkv::Case;
using qkv::in_double;

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

inline FeedForwardWeights feed_forward_weights(Case& drawn, Index d_model, Index d_ff) {
    Linear inner = linear(drawn, d_model, d_ff);
    return {std::move(inner), linear(drawn, d_ff, d_model)};
}

inline EncoderLayerWeights layer(Case& drawn, Index n_heads, Index d_model, Index d_ff) {
    EncoderLayerWeights weights;
    weights.attention.query = linear(drawn, d_model, d_model);
    weights.attention.key = linear(drawn, d_model, d_model);
    weights.attention.value = linear(drawn, d_model, d_model);
    weights.attention.output = linear(drawn, d_model, d_model);
    weights.attention.n_heads = n_heads;
    weights.feed_forward = feed_forward_weights(drawn, d_model, d_ff);
    weights.attention_norm = norm(drawn, d_model);
    weights.feed_forward_norm = norm(drawn, d_model);
    return weights;
}

/// Layers may differ in heads and hidden units.
inline EncoderWeights encoder(Case& drawn, Index n_layers, Index n_heads, Index d_model, Index d_ff, bool normalised) {
    EncoderWeights weights;
    for (Index i = 0; i < n_layers; ++i) {
        weights.layers.push_back(layer(drawn, i % 2 == 0 ? n_heads : 1, d_model, d_ff + i % 2));
    }
    if (normalised) weights.final_norm = norm(drawn, d_model);
    return weights;
}

inline HeadWeights head(Case& drawn, Index d_model, Index d_wide, Index d_narrow, Index d_mixed, Index n_letters) {
    HeadWeights weights;
    weights.widen = linear(drawn, d_model, d_wide);
    weights.gather = linear(drawn, 3 * d_wide, d_narrow);
    weights.mix = linear(drawn, d_narrow, d_mixed);
    weights.letters = linear(drawn, d_mixed, n_letters);
    return weights;
}

/// One more column, of what is there already: a map that fits by itself, but not what it is added to.
inline void widen(Linear& map) {
    const Index columns = map.weight.cols();
    map.weight.conservativeResize(Eigen::NoChange, columns + 1);
    map.bias.conservativeResize(columns + 1);
    map.weight.col(columns) = map.weight.col(0), map.bias(columns) = map.bias(0);
}

/// Also numbers at which exp overflows.
inline auto silu(Case& drawn) {
    const Index rows = drawn.side(0), columns = drawn.side(0), kind = drawn.one_of(5);
    Matrix input = 2 * drawn.matrix(rows, columns);
    if (kind == 1) input *= 8;
    if (kind == 2) input *= 1024;
    if (kind == 3 && in_double) input *= std::ldexp(Scalar{1}, 600);
    if (kind == 4) input *= std::ldexp(Scalar{1}, -12);
    return std::tuple{input};
}

inline auto silu_feed_forward(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), d_ff = drawn.side(), kind = drawn.one_of(4);
    Matrix input = drawn.matrix(n_tokens, d_model);
    FeedForwardWeights weights = feed_forward_weights(drawn, d_model, d_ff);
    if (kind == 1) input *= 64;
    if (kind == 2) weights.inner.bias.setConstant(-1000);  // all hidden units are off
    if (kind == 3) widen(weights.outer);
    return std::tuple{input, weights};
}

/// Either order, either way of keeping a matrix; sometimes a number of heads that does not divide.
inline auto attention_from_fused(Case& drawn) {
    const Index d_head = drawn.side(), kind_of_heads = drawn.one_of(4), kind = drawn.one_of(4), odd = drawn.one_of(3);
    const Index n_heads = d_head > 16 ? 1 : 1 + kind_of_heads, d_model = n_heads * d_head;
    Linear fused = linear(drawn, d_model, 3 * d_model), output = linear(drawn, d_model, d_model);
    if (kind >= 2) {
        fused.weight = fused.weight.transpose().eval();
        output.weight = output.weight.transpose().eval();
    }
    const FusedOrder order = kind % 2 == 0 ? FusedOrder::kinds_first : FusedOrder::heads_first;
    return std::tuple{fused, output, odd == 2 ? n_heads + 1 : n_heads, order};
}

/// The scores of the attention are now and then large, or all far below zero; W_O is now and then too wide.
inline auto silu_encoder_layer(Case& drawn) {
    const Index n_tokens = drawn.side(0), kind_of_heads = drawn.one_of(4), d_head = drawn.side(), d_ff = drawn.side();
    const Index n_heads = d_head > 16 ? 1 : 1 + kind_of_heads, d_model = n_heads * d_head, kind = drawn.one_of(6);
    Matrix tokens = drawn.matrix(n_tokens, d_model);
    EncoderLayerWeights weights = layer(drawn, n_heads, d_model, d_ff);
    if (kind == 1 && in_double) weights.attention.query.weight *= 1024;
    if (kind == 2 && in_double) {
        weights.attention.query.bias.setConstant(256);
        weights.attention.key.bias.setConstant(-256);
    }
    if (kind == 3) widen(weights.attention.output);
    if (kind == 4 && in_double) tokens.array() += 1024;
    if (kind == 5) widen(weights.feed_forward.outer);
    return std::tuple{tokens, weights};
}

/// Five layers are more than the trained encoder has.
inline auto encode_line(Case& drawn) {
    constexpr Index numbers[] = {2, 0, 1, 5};
    const Index n_tokens = drawn.side(0), d_ff = drawn.side(), n_layers = numbers[drawn.one_of(4)];
    const Index n_heads = 1 + drawn.one_of(3), d_head = 1 + drawn.one_of(3), d_model = n_heads * d_head;
    const bool normalised = drawn.one_of(2) == 0;
    const Matrix tokens = drawn.matrix(n_tokens, d_model);
    return std::tuple{tokens, encoder(drawn, n_layers, n_heads, d_model, d_ff, normalised)};
}

inline auto with_neighbours(Case& drawn) {
    const Index n = drawn.side(0), d = drawn.side(0);
    return std::tuple{drawn.matrix(n, d)};
}

/// What goes past the encoder is now and then too wide.
inline auto line_logits(Case& drawn) {
    const Index n = drawn.side(0), d_wide = drawn.side(), d_narrow = drawn.side(), n_letters = drawn.side();
    const Index d_model = 1 + drawn.one_of(4), d_mixed = 1 + drawn.one_of(5), kind = drawn.one_of(3);
    const Matrix encoded = drawn.matrix(n, d_model), beside = drawn.matrix(n, d_narrow + (kind == 2 ? 1 : 0));
    return std::tuple{encoded, beside, head(drawn, d_model, d_wide, d_narrow, d_mixed, n_letters)};
}

/// Sometimes with equal ones, and far below zero.
inline auto best_path(Case& drawn) {
    const Index n = drawn.side(0), n_letters = drawn.side(), kind = drawn.one_of(4);
    Matrix logits = kind == 0 ? drawn.matrix(n, n_letters) : drawn.simple_matrix(n, n_letters);
    if (kind == 2) logits = logits.array().round();
    if (kind == 3) logits.array() -= 4096;
    return std::tuple{logits};
}

/// Few letters, so that they meet again; a third or more of them blanks.
inline auto collapse(Case& drawn) {
    const Index n = drawn.side(0), n_letters = 1 + drawn.one_of(4);
    std::vector<Index> path;
    for (Index t = 0; t < n; ++t) {
        const Scalar share = (drawn.number() + 2) / 4;  // from 0 to 1
        const Index letter = static_cast<Index>(share * static_cast<Scalar>(n_letters + 1));
        path.push_back(drawn.flag() ? std::min(letter, n_letters) : 0);
    }
    return std::tuple{path};
}

/// Letters of one byte and of three; some are two letters.
inline std::vector<std::string> names(Index n_letters) {
    const std::vector<std::string> some{"_", "a", "学", "b", " ", "fi", "而", "c"};
    std::vector<std::string> letters;
    for (Index i = 0; i < n_letters; ++i) letters.push_back(some[static_cast<std::size_t>(i) % some.size()]);
    return letters;
}

/// Blanks are likely, so that letters stand alone and twice; sometimes there is nothing else. Whole numbers give runs
/// and ties, but never where the answer hangs on rounding.
inline auto read_logits(Case& drawn) {
    const Index n = drawn.side(0), n_letters = drawn.side(), kind = drawn.one_of(5);
    Matrix logits = kind == 0 ? drawn.matrix(n, n_letters) : drawn.simple_matrix(n, n_letters);
    if (kind == 1) logits.col(0).array() += 1;
    if (kind == 2) logits.col(0).array() += 8;
    if (kind == 3) logits = logits.array().round();
    if (kind == 4) logits.array() -= 1024;
    return std::tuple{logits, names(n_letters)};
}

inline auto read_lines(Case& drawn) {
    const Index n_lines = drawn.one_of(4), n = drawn.side(), n_letters = drawn.side(), n_layers = drawn.one_of(3);
    const Index n_heads = 1 + drawn.one_of(2), d_model = 2 * n_heads, d_narrow = 1 + drawn.one_of(3);
    std::vector<Line> lines;
    for (Index i = 0; i < n_lines; ++i) {
        Matrix tokens = drawn.matrix(n + i, d_model);
        lines.push_back({std::move(tokens), drawn.matrix(n + i, d_narrow)});
    }
    ReaderWeights weights;
    weights.encoder = encoder(drawn, n_layers, n_heads, d_model, 3, n_layers != 1);
    weights.head = head(drawn, d_model, 5, d_narrow, 4, n_letters);
    weights.letters = names(n_letters);
    return std::tuple{lines, weights};
}

// What text_reading.hpp leaves open, for the arguments of each function: it may be answered or refused.
inline bool leaves_open(const Matrix& tokens, const EncoderLayerWeights&) { return tokens.rows() == 0; }
inline bool leaves_open(const Matrix& tokens, const EncoderWeights&) { return tokens.rows() == 0; }
inline bool leaves_open(const std::vector<Line>& lines, const ReaderWeights&) {
    return lines.empty() || std::ranges::any_of(lines, [](const Line& line) { return line.tokens.rows() == 0; });
}

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace text_reading::cases

#endif
