// Generated cases of `attention`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_ATTENTION_CASES_HPP
#define QKV_ATTENTION_CASES_HPP

#include <cmath>
#include <limits>
#include <tuple>

#include "attention.hpp"
#include "testing/cases.hpp"

namespace attention::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// How large the scores of a case are. Float has too few digits for any but `ordinary`.
enum class Scores { ordinary, large, far_below };

inline Scores scores(Case& drawn) {
    const qkv::Index kind = drawn.one_of(4);
    if (!in_double) return Scores::ordinary;
    return kind == 2 ? Scores::large : kind == 3 ? Scores::far_below : Scores::ordinary;
}

/// No mask, one that hides about a third, one of them the first key from the last query, or one that also hides a key
/// from everybody.
inline Mask maybe_mask(Case& drawn, Index n_queries, Index n_keys) {
    const Index kind = drawn.one_of(4);
    if (kind == 0) return Mask();
    Mask mask = drawn.mask(n_queries, n_keys);
    if (kind == 1 && n_keys > 1 && n_queries > 0) mask(n_queries - 1, 0) = false;
    if (kind == 3 && n_keys > 1) mask.col(n_keys / 2).setConstant(false);
    return mask;
}

/// What is hidden from everybody may be as large as it likes; not with a single query, where scores so far below the
/// others would hide it anyway.
inline void swell_hidden(const Mask& mask, Matrix& key, Matrix& value) {
    if (mask.size() == 0 || mask.rows() == 1 || !in_double) return;
    for (Index j = 0; j < key.rows(); ++j) {
        if (!mask.col(j).any()) key.row(j) *= two_to(40), value.row(j) *= two_to(60);
    }
}

inline auto softmax_rows(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(0), kind = drawn.one_of(7);
    Matrix scores = drawn.matrix(n_queries, n_keys);
    if (kind == 1) scores *= static_cast<Scalar>(1 << drawn.between(0, 10));
    if (kind == 2 && in_double) scores.array() -= two_to(20);
    if (kind == 3 && in_double) scores = (-two_to(40) * (3 + scores.array())).matrix().eval();
    if (kind == 4 && in_double) scores *= two_to(1000);
    if (kind == 5 && n_queries > 0 && in_double)
        scores.row(n_queries / 2).array() += two_to(20);  // the others far below it
    if (kind == 6) scores /= 4;
    for (Index j = 1; kind == 6 && j < n_keys; j += 2)
        scores.col(j).array() -= Scalar(17.5);  // weights of 1e-9 to 1e-7
    if (drawn.one_of(2) == 1) {
        const Mask kept = drawn.mask(scores.rows(), scores.cols());
        scores = kept.select(scores, -std::numeric_limits<Scalar>::infinity()).eval();
    }
    return std::tuple{scores};
}

inline auto causal_mask(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(0);
    return std::tuple{n_queries, n_keys};
}

inline auto padding_mask(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(0);
    return std::tuple{n_queries, drawn.flags(n_keys)};
}

inline auto scaled_dot_product_attention(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(0), d_k = drawn.side(), d_v = drawn.side();
    Matrix query = drawn.matrix(n_queries, d_k), key = drawn.matrix(n_keys, d_k);
    const Scores kind = scores(drawn);
    if (kind == Scores::large) query *= 1024;
    if (kind == Scores::far_below) query.col(0).setConstant(512), key.col(0).setConstant(-512);
    return std::tuple{query, key, drawn.matrix(n_keys, d_v)};
}

inline auto masked_attention(Case& drawn) {
    auto [query, key, value] = scaled_dot_product_attention(drawn);
    const Mask mask = maybe_mask(drawn, query.rows(), key.rows());
    swell_hidden(mask, key, value);
    return std::tuple{query, key, value, mask};
}

inline Projections projections(Case& drawn, Index d_model, Index d_memory) {
    const Index d_k = drawn.side(), d_v = drawn.side();
    return {drawn.matrix(d_model, d_k), drawn.matrix(d_memory, d_k), drawn.matrix(d_memory, d_v)};
}

/// Makes the scores of projected tokens large.
inline void enlarge(Scores kind, Matrix& tokens, Projections& made) {
    if (kind == Scores::large) tokens *= 1024;
    if (kind == Scores::far_below) {
        tokens.col(0).setConstant(1);
        made.query.row(0).setConstant(256);
        made.key.row(0).setConstant(-256);
    }
}

inline auto cross_attention(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(0), d_model = drawn.side(), d_memory = drawn.side();
    Projections made = projections(drawn, d_model, d_memory);
    Matrix tokens = drawn.matrix(n_queries, d_model), memory = drawn.matrix(n_keys, d_memory);
    const Scores kind = scores(drawn);
    enlarge(kind, tokens, made);
    if (kind == Scores::far_below) memory.col(0).setConstant(1);
    return std::tuple{tokens, memory, made, maybe_mask(drawn, n_queries, n_keys)};
}

inline auto self_attention(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side();
    Projections made = projections(drawn, d_model, d_model);
    Matrix tokens = drawn.matrix(n_tokens, d_model);
    enlarge(scores(drawn), tokens, made);
    return std::tuple{tokens, made, maybe_mask(drawn, n_tokens, n_tokens)};
}

inline auto additive_attention(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(0), d_v = drawn.side();
    const Index d_query = drawn.side(), d_key = drawn.side(), d_hidden = drawn.side();
    AdditiveWeights weights{drawn.matrix(d_query, d_hidden), drawn.matrix(d_key, d_hidden), drawn.row(d_hidden)};
    Matrix query = drawn.matrix(n_queries, d_query), key = drawn.matrix(n_keys, d_key),
           value = drawn.matrix(n_keys, d_v);
    const Scores kind = scores(drawn);
    // A tanh is no round number: larger scores leave fewer digits of their differences than results must agree in.
    if (kind == Scores::large) query *= 1024, weights.v *= two_to(12);
    if (kind == Scores::far_below) {  // nearly every tanh is positive
        query.col(0).setConstant(1);
        weights.query.row(0).setConstant(4);
        weights.v = (-two_to(14) * (1 + weights.v.array().abs())).matrix().eval();
    }
    const Mask mask = maybe_mask(drawn, n_queries, n_keys);
    swell_hidden(mask, key, value);
    return std::tuple{query, key, value, weights, mask};
}

/// Now and then W is a single number, which is no factor for queries and keys of any width.
inline auto bilinear_attention(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(0), d_v = drawn.side();
    const Index d_query = drawn.side(), width = drawn.side();
    const Scores kind = scores(drawn);
    const bool single = drawn.one_of(6) == 5;
    const Index d_key = single ? d_query : width;
    Matrix query = drawn.matrix(n_queries, d_query), key = drawn.matrix(n_keys, d_key),
           value = drawn.matrix(n_keys, d_v), weight = drawn.matrix(single ? 1 : d_query, single ? 1 : d_key);
    if (kind == Scores::large) query *= 1024;
    if (kind == Scores::far_below) {
        query.col(0).setConstant(512);
        key.col(0).setConstant(-512);
        weight(0, 0) = 1;
    }
    const Mask mask = maybe_mask(drawn, n_queries, n_keys);
    swell_hidden(mask, key, value);
    return std::tuple{query, key, value, weight, mask};
}

/// An empty mask that is not 0 x 0 and does not fit either.
inline bool odd_mask(const Mask& mask, Index n_queries, Index n_keys) {
    return mask.size() == 0 && mask.rows() + mask.cols() > 0 && !(mask.rows() == n_queries && mask.cols() == n_keys);
}

// What attention.hpp leaves open, for the arguments of each function: it may be answered or refused.
inline bool leaves_open(const Matrix& scores) { return scores.cols() == 0; }
inline bool leaves_open(const Matrix&, const Matrix& key, const Matrix&) { return key.rows() == 0; }
inline bool leaves_open(const Matrix& query, const Matrix& key, const Matrix&, const Mask& mask) {
    return key.rows() == 0 || odd_mask(mask, query.rows(), key.rows());
}
inline bool leaves_open(const Matrix& tokens, const Projections&, const Mask& mask) {
    return tokens.rows() == 0 || odd_mask(mask, tokens.rows(), tokens.rows());
}
inline bool leaves_open(const Matrix& tokens, const Matrix& memory, const Projections&, const Mask& mask) {
    return memory.rows() == 0 || odd_mask(mask, tokens.rows(), memory.rows());
}
inline bool leaves_open(const Matrix& query, const Matrix& key, const Matrix&, const auto&, const Mask& mask) {
    return key.rows() == 0 || odd_mask(mask, query.rows(), key.rows());
}

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace attention::cases

#endif
