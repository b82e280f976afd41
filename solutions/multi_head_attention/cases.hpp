// Generated cases of `multi_head_attention`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_MULTI_HEAD_ATTENTION_CASES_HPP
#define QKV_MULTI_HEAD_ATTENTION_CASES_HPP

#include <cmath>
#include <tuple>

#include "multi_head_attention.hpp"
#include "testing/cases.hpp"

namespace multi_head_attention::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// How large the scores of a case are. Float has too few digits for any but `ordinary`.
enum class Scores { ordinary, large, far_below, lowest };

inline Scores scores(Case& drawn) {
    const Index kind = drawn.one_of(5);
    if (!in_double || kind == 0) return Scores::ordinary;
    return static_cast<Scores>(kind - 1);
}

/// No mask, one that hides about a third, one of them the first key from the last query, one that hides the future, one
/// that also hides a key from everybody, one that leaves a query nothing, one that allows everything.
inline Mask maybe_mask(Case& drawn, Index n_queries, Index n_keys) {
    const Index kind = drawn.one_of(6);
    if (kind == 0) return Mask();
    Mask mask = drawn.mask(n_queries, n_keys);
    if (kind == 1 && n_keys > 1 && n_queries > 0) mask(n_queries - 1, 0) = false;
    if (kind == 2) {
        for (Index i = 0; i < n_queries; ++i) {
            for (Index j = 0; j < n_keys; ++j) mask(i, j) = j <= i;
        }
    }
    if (kind == 3 && n_keys > 1) mask.col(n_keys / 2).setConstant(false);
    if (kind == 4 && n_queries > 0) mask.row(n_queries / 2).setConstant(false);
    if (kind == 5) mask.setConstant(true);
    return mask;
}

/// True if key j is hidden from everybody, of whom there are several: from a single query, scores far below the others
/// would hide it anyway.
inline bool hidden(const Mask& mask, Index j) { return mask.size() != 0 && mask.rows() > 1 && !mask.col(j).any(); }

/// Weights small enough that no softmax saturates.
inline Linear layer(Case& drawn, Index d_in, Index d_out) { return {drawn.matrix(d_in, d_out) / 8, drawn.row(d_out)}; }

inline auto linear(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_in = drawn.side(), d_out = drawn.side(), kind = drawn.one_of(4);
    Linear made = layer(drawn, d_in, d_out);
    Matrix input = drawn.matrix(n_tokens, d_in);
    if (kind == 1) made.bias.setZero();
    if (kind == 2) input *= 1024;
    if (kind == 3) made.weight.setZero();
    return std::tuple{input, made};
}

inline auto split_heads(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_head = drawn.side(), n_heads = drawn.side();
    return std::tuple{drawn.matrix(n_tokens, n_heads * d_head), n_heads};
}

inline auto merge_heads(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_head = drawn.side(), n_heads = drawn.side();
    std::vector<Matrix> heads;
    for (Index h = 0; h < n_heads; ++h) heads.push_back(drawn.matrix(n_tokens, d_head));
    return std::tuple{heads};
}

/// The number of heads is a kind of its own: a case in which the heads do not divide what they should is refused.
inline auto attend_heads(Case& drawn) {
    const Index n_queries = drawn.side(0), side_of_keys = drawn.side(0), kind_of_heads = drawn.one_of(10);
    const Index n_heads = kind_of_heads < 8 ? 1 + kind_of_heads : kind_of_heads == 8 ? 12 : 16;
    const Index d_head = drawn.side(), d_value = drawn.side();
    const bool keys_are_queries = drawn.one_of(3) == 2;
    const Index n_keys = keys_are_queries ? n_queries : side_of_keys;
    Matrix query = drawn.matrix(n_queries, n_heads * d_head), key = drawn.matrix(n_keys, n_heads * d_head),
           value = drawn.matrix(n_keys, n_heads * d_value);
    if (keys_are_queries) key = query;
    const Scores kind = scores(drawn);
    if (kind == Scores::large) query *= 1024;
    for (Index h = 0; h < n_heads && kind == Scores::far_below; ++h) {
        query.col(h * d_head).setConstant(512);
        key.col(h * d_head).setConstant(-512);
    }
    for (Index h = 0; h < n_heads && kind == Scores::lowest; ++h) {  // far apart, too
        query.col(h * d_head).setConstant(two_to(20));
        key.col(h * d_head) = (-two_to(20) * (3 + key.col(h * d_head).array())).matrix().eval();
    }
    const Mask mask = maybe_mask(drawn, n_queries, n_keys);
    for (Index j = 0; j < n_keys; ++j) {  // what is hidden from everybody may be as large as it likes
        if (hidden(mask, j) && in_double) key.row(j) *= two_to(40), value.row(j) *= two_to(60);
    }
    return std::tuple{query, key, value, n_heads, mask};
}

/// Self-attention, a memory of the same shape or width as the tokens, or of any other; square tokens.
inline auto multi_head_attention(Case& drawn) {
    const Index side_of_tokens = drawn.side(0), n_keys = drawn.side(0), d_memory = drawn.side();
    const Index kind_of_heads = drawn.one_of(7), d_head = drawn.side(), kind = drawn.one_of(5);
    const Index n_heads = d_head > 16          ? 1 + kind_of_heads % 2
                          : kind_of_heads == 6 ? 12
                                               : 1 + kind_of_heads,
                d_model = n_heads * d_head;
    const Index n_queries = kind == 4 ? d_model : side_of_tokens;
    const Matrix tokens = drawn.matrix(n_queries, d_model);
    Matrix memory = drawn.matrix(kind == 1 ? n_queries : n_keys, kind == 1 || kind == 2 ? d_model : d_memory);
    if (kind == 0) memory = tokens;
    MultiHeadWeights weights{layer(drawn, d_model, d_model), layer(drawn, memory.cols(), d_model),
                             layer(drawn, memory.cols(), d_model), layer(drawn, d_model, d_model), n_heads};
    const Scores large = scores(drawn);
    if (large == Scores::large) weights.query.weight *= 1024;
    if (large == Scores::lowest) {  // a score is -2^40 times what the key is, from 2 to 4 and more
        weights.query.weight.setZero(), weights.query.bias.setConstant(two_to(20));
        weights.key.weight *= two_to(20), weights.key.bias.setConstant(-8 * two_to(20));
    }
    if (large == Scores::far_below) weights.query.bias.setConstant(256), weights.key.bias.setConstant(-256);
    const Mask mask = maybe_mask(drawn, n_queries, memory.rows());
    for (Index j = 0; j < memory.rows() && kind != 0; ++j) {
        if (hidden(mask, j) && in_double) memory.row(j) *= two_to(40);
    }
    return std::tuple{tokens, memory, weights, mask};
}

/// An empty mask that is not 0 x 0 and does not fit either.
inline bool odd_mask(const Mask& mask, Index n_queries, Index n_keys) {
    return mask.size() == 0 && mask.rows() + mask.cols() > 0 && !(mask.rows() == n_queries && mask.cols() == n_keys);
}

// What multi_head_attention.hpp leaves open, for the arguments of the functions: it may be answered or refused.
inline bool leaves_open(const Matrix& query, const Matrix& key, const Matrix&, Index, const Mask& mask) {
    return key.rows() == 0 || odd_mask(mask, query.rows(), key.rows());
}
inline bool leaves_open(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights&, const Mask& mask) {
    return memory.rows() == 0 || odd_mask(mask, tokens.rows(), memory.rows());
}

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace multi_head_attention::cases

#endif
