// Generated cases of `modern_decoder`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_MODERN_DECODER_CASES_HPP
#define QKV_MODERN_DECODER_CASES_HPP

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <vector>

#include "modern_decoder.hpp"
#include "testing/cases.hpp"

namespace modern_decoder::cases {

using qkv::Case;
using qkv::in_double;

inline Scalar positive(Case& drawn) { return drawn.magnitude() + Scalar{0x1p-6}; }

/// An epsilon: ordinary, next to nothing, or as large as the squares.
inline Scalar epsilon(Case& drawn, Index kind) {
    const Scalar large = positive(drawn);
    return kind == 0 ? Scalar{0x1p-17} : kind == 1 && in_double ? Scalar{0x1p-80} : large;
}

inline auto rms_norm(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), kind = drawn.one_of(3), rows = drawn.one_of(5);
    Matrix tokens = drawn.matrix(n_tokens, d_model);
    if (rows == 1) tokens *= Scalar{0x1p-9};
    if (rows == 2 && n_tokens > 0) tokens.row(0).setZero();
    if (rows == 3) tokens.array() += 2;  // a mean that is not 0
    const RowVector gain = drawn.row(d_model);
    return std::tuple{tokens, gain, epsilon(drawn, kind)};
}

/// A base: that of the paper, a larger one, a small one, or one below 1.
inline Scalar base(Index kind) {
    const double bases[] = {10000, 500000, 3, 0.25};
    return static_cast<Scalar>(in_double ? bases[kind] : std::min(bases[kind], 10000.));
}

/// Also far behind in a text, as far as Scalar still knows the angle.
inline auto rotation(Case& drawn) {
    const Index n_tokens = drawn.side(0), half = drawn.side(0), kind = drawn.one_of(4), far = drawn.one_of(3);
    const Index near = drawn.between(1, 9);
    const Index offset = far == 0 ? 0 : far == 1 || in_double ? 100 * near : near;
    const Matrix head = drawn.matrix(n_tokens, 2 * std::min<Index>(half, 40));
    return std::tuple{head, offset, base(kind == 3 && far == 2 ? 2 : kind)};
}
inline auto rotate_pairs(Case& drawn) { return rotation(drawn); }
inline auto rotate_halves(Case& drawn) { return rotation(drawn); }

inline auto halves_from_pairs(Case& drawn) {
    const Index d_model = drawn.side(0), n_heads = 1 + drawn.one_of(5), half = drawn.side(0);
    return std::tuple{drawn.matrix(d_model, n_heads * 2 * half), n_heads};
}

/// Numbers that do not grow with the width of what they map.
inline Matrix weight(Case& drawn, Index rows, Index columns) {
    return drawn.matrix(rows, columns) / std::sqrt(static_cast<Scalar>(rows));
}

inline SwiGlu gated(Case& drawn, Index d_model, Index d_ff) {
    const Matrix gate = weight(drawn, d_model, d_ff), up = weight(drawn, d_model, d_ff);
    return {gate, up, weight(drawn, d_ff, d_model)};
}

inline auto swiglu(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), d_ff = drawn.side(), kind = drawn.one_of(4);
    const Matrix tokens = drawn.matrix(n_tokens, d_model);
    SwiGlu weights = gated(drawn, d_model, d_ff);
    if (kind == 1 && in_double) weights.gate *= 1024;  // exp overflows
    if (kind == 2) weights.gate.setZero();
    return std::tuple{tokens, weights};
}

/// How many heads and how many groups: 1 of 1, as many, one for all, and two kinds between.
struct Heads {
    Index n_heads, n_groups;
};
inline Heads heads(Case& drawn) {
    const Heads all[] = {{4, 2}, {3, 3}, {3, 1}, {1, 1}, {6, 2}, {6, 3}};
    return all[drawn.one_of(6)];
}

inline auto grouped_attention(Case& drawn) {
    const auto [n_heads, n_groups] = heads(drawn);
    const Index n_queries = drawn.side(0), n_keys = drawn.side(), d_head = drawn.side(), kind = drawn.one_of(5);
    Matrix query = drawn.matrix(n_queries, n_heads * d_head), key = drawn.matrix(n_keys, n_groups * d_head);
    const Matrix value = drawn.matrix(n_keys, n_groups * d_head);
    Mask mask = drawn.mask(n_queries, n_keys);
    if (kind == 1) mask.setConstant(true);
    if (kind == 2 && n_queries > 0) mask.row(0).setConstant(false);
    if (kind == 3 && in_double) {
        // Scores that are equal, or thousands apart.
        query = (2 * query).array().round() * 64;
        key = (2 * key).array().round() * 64;
    }
    return std::tuple{query, key, value, mask, n_heads, n_groups};
}

inline auto window_mask(Case& drawn) {
    const Index n_tokens = drawn.side(0), window = drawn.side(), sinks = drawn.side(0);
    return std::tuple{n_tokens, window, sinks};
}

inline Settings settings(Case& drawn, const Heads& heads) {
    const Index window = 1 + drawn.one_of(4), sinks = drawn.one_of(3), far = drawn.one_of(3), kind = drawn.one_of(4);
    return {heads.n_heads, heads.n_groups, far == 1 ? 100 : window, sinks, base(kind), epsilon(drawn, far)};
}

inline Block block(Case& drawn, const Heads& heads, Index d_model, Index d_head, Index d_ff) {
    const Index wide = heads.n_heads * d_head, narrow = heads.n_groups * d_head;
    Block made;
    made.attention_gain = drawn.row(d_model);
    made.query = weight(drawn, d_model, wide);
    made.key = weight(drawn, d_model, narrow);
    made.value = weight(drawn, d_model, narrow);
    made.output = weight(drawn, wide, d_model);
    made.feed_forward_gain = drawn.row(d_model);
    made.feed_forward = gated(drawn, d_model, d_ff);
    return made;
}

inline auto run_block(Case& drawn) {
    const Heads shared = heads(drawn);
    const Index n_tokens = drawn.side(), d_model = drawn.side(), d_ff = drawn.side(), half = 1 + drawn.one_of(3);
    const Settings common = settings(drawn, shared);
    const Matrix tokens = drawn.matrix(n_tokens, d_model);
    return std::tuple{tokens, block(drawn, shared, d_model, 2 * half, d_ff), common};
}

/// With an output of its own or tied, without blocks or with one or two.
inline Model model(Case& drawn, Index n_vocabulary) {
    const Heads shared = heads(drawn);
    const Index d_model = drawn.side(), d_ff = drawn.side(), half = 1 + drawn.one_of(2), n_blocks = drawn.one_of(3);
    const bool is_tied = drawn.one_of(2) == 1;
    const Settings common = settings(drawn, shared);
    Model made{drawn.matrix(n_vocabulary, d_model), {}, {}, {}, common};
    for (Index b = 0; b < n_blocks; ++b) made.blocks.push_back(block(drawn, shared, d_model, 2 * half, d_ff));
    made.gain = drawn.row(d_model);
    if (!is_tied) made.output = weight(drawn, d_model, n_vocabulary);
    return made;
}

/// Ids that all have a row.
inline TokenIds ids(Case& drawn, Index count, Index n_vocabulary) {
    TokenIds all;
    for (Index i = 0; i < count; ++i) {
        const auto id = static_cast<Index>(drawn.magnitude() / 2 * static_cast<Scalar>(n_vocabulary));
        all.push_back(static_cast<int>(std::min(id, n_vocabulary - 1)));
    }
    return all;
}

/// One of them may have none: then all is refused.
inline auto hidden_states(Case& drawn) {
    const Index n_vocabulary = drawn.side(), n_tokens = drawn.side(), wrong = drawn.one_of(8);
    const Model made = model(drawn, n_vocabulary);
    TokenIds read = ids(drawn, n_tokens, n_vocabulary);
    if (wrong == 1) read.back() = static_cast<int>(n_vocabulary);
    if (wrong == 2) read.front() = -1;
    if (wrong == 3) read.clear();
    return std::tuple{read, made};
}
inline auto logits(Case& drawn) { return hidden_states(drawn); }

/// Texts that end, and texts that do not; equal logits, too.
inline auto continue_text(Case& drawn) {
    const Index n_vocabulary = 2 + drawn.one_of(7), n_tokens = drawn.side(), most_new = 1 + drawn.one_of(6);
    const Index ends = drawn.one_of(3), alike = drawn.one_of(4);
    Model made = model(drawn, n_vocabulary);
    if (alike == 1) (made.output ? *made.output : made.embedding).setZero();  // all logits are exactly 0
    const TokenIds prompt = ids(drawn, n_tokens, n_vocabulary);
    const int end = ends == 0 ? -1 : ids(drawn, 1, n_vocabulary)[0];
    return std::tuple{prompt, made, end, most_new};
}

}  // namespace modern_decoder::cases

#endif
