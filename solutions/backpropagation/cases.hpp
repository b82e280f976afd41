// Generated cases of `backpropagation`: from (size, seed) to arguments, most of which each function must accept.
#ifndef QKV_BACKPROPAGATION_CASES_HPP
#define QKV_BACKPROPAGATION_CASES_HPP

#include <algorithm>
#include <cmath>
#include <tuple>

#include "backpropagation.hpp"
#include "testing/cases.hpp"

namespace backpropagation::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// From 0 to count - 1, made of a value, so that every row of a long table is met.
inline int index(Case& drawn, Index count) {
    const auto any = static_cast<Index>(std::abs(drawn.number()) / 2 * static_cast<Scalar>(count));
    return static_cast<int>(std::min(any, count - 1));
}

/// Gradients are linear in it: in float, small ones keep the rounding of long sums below the tolerance.
inline Matrix upstream_of(Case& drawn, Index rows, Index columns) {
    return drawn.matrix(rows, columns) / (in_double ? 1 : 16);
}

inline Linear layer(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / 8;
    return {weight, drawn.row(d_out)};
}

inline auto linear_backward(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_in = drawn.side(), d_out = drawn.side(), kind = drawn.one_of(4);
    Matrix input = drawn.matrix(n_tokens, d_in);
    Linear made = layer(drawn, d_in, d_out);
    Matrix upstream = drawn.matrix(n_tokens, d_out);
    if (kind == 1) made.weight.setZero();
    if (kind == 2) input *= 1024;
    if (kind == 3) upstream.setZero();
    return std::tuple{input, made, upstream};
}

/// Ids: any, all the same, one after the other; now and then one that is none, be it what PyTorch leaves out.
inline TokenIds ids_of(Case& drawn, Index count, Index n_vocabulary, Index kind) {
    TokenIds ids;
    const int same = index(drawn, n_vocabulary);
    for (Index i = 0; i < count; ++i) {
        const int any = index(drawn, n_vocabulary);
        ids.push_back(kind == 1 ? same : kind == 2 ? static_cast<int>(i % n_vocabulary) : any);
    }
    if (count > 0 && kind == 3) ids[static_cast<std::size_t>(count / 2)] = static_cast<int>(n_vocabulary);
    if (count > 0 && kind == 4) ids[static_cast<std::size_t>(count / 2)] = count % 2 == 0 ? -1 : -100;
    return ids;
}

inline auto embedding_backward(Case& drawn) {
    const Index n_ids = drawn.side(0), n_vocabulary = drawn.side(), d_model = drawn.side(), kind = drawn.one_of(5);
    const TokenIds ids = ids_of(drawn, n_ids, n_vocabulary, kind);
    return std::tuple{ids, n_vocabulary, drawn.matrix(n_ids, d_model)};
}

/// Rows that sum to one.
inline Matrix distributions(Case& drawn, Index rows, Index columns) {
    Matrix weights = drawn.matrix(rows, columns).array().abs() + Scalar(0.0625);
    for (Index i = 0; i < rows && columns > 0; ++i) weights.row(i) /= weights.row(i).sum();
    return weights;
}

inline auto softmax_backward(Case& drawn) {
    const Index n_queries = drawn.side(0), n_keys = drawn.side(0), kind = drawn.one_of(5);
    Matrix weights = distributions(drawn, n_queries, n_keys), upstream = upstream_of(drawn, n_queries, n_keys);
    if (weights.size() > 0) {
        const Index row = n_queries / 2, key = index(drawn, n_keys);
        if (kind == 1) weights.row(row).setZero();
        if (kind == 2) weights.row(row) = RowVector::Unit(n_keys, key);
        if (kind == 3 && n_keys > 1) weights.row(row) /= 1 - weights(row, key), weights(row, key) = 0;
        if (kind == 4 && in_double) upstream *= 1024;
    }
    return std::tuple{weights, upstream};
}

inline auto cross_entropy(Case& drawn) {
    const Index n_tokens = drawn.side(), n_classes = drawn.side(), of_targets = drawn.one_of(5);
    const Index of_logits = drawn.one_of(4), of_smoothing = drawn.one_of(6);
    Matrix logits = drawn.matrix(n_tokens, n_classes);
    const TokenIds targets = ids_of(drawn, n_tokens, n_classes, of_targets);
    const Scalar between = std::abs(drawn.number()) / 2;
    if (of_logits == 1 && in_double) logits *= 1024;
    if (of_logits == 2 && in_double) logits.array() -= 32768;
    if (of_logits == 3) logits.setConstant(3);
    const Scalar smoothings[] = {Scalar(0.125), 0, 1, between, Scalar(1.125), Scalar(-0.125)};
    return std::tuple{logits, targets, smoothings[of_smoothing]};
}

inline auto layer_norm_backward(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), kind = drawn.one_of(9);
    Scalar epsilon = static_cast<Scalar>(drawn.between(1, 8)) / 16;
    Matrix input = drawn.matrix(n_tokens, d_model);
    RowVector gain = drawn.row(d_model);
    const Matrix upstream = upstream_of(drawn, n_tokens, d_model);
    if (kind == 1 && in_double) epsilon = static_cast<Scalar>(1e-5);
    if (kind == 2) epsilon = 4;
    if (kind == 3 && in_double) input.array() += 4096;  // a mean far from zero
    if (kind == 4) input = input.col(0).replicate(1, d_model).eval();
    if (kind == 5 && in_double) input *= two_to(300);
    if (kind == 6 && in_double) input *= two_to(-4), epsilon = static_cast<Scalar>(1e-5);
    if (kind == 7 && in_double) input *= two_to(-300);
    if (kind == 8) gain.setOnes();
    return std::tuple{input, gain, epsilon, upstream};
}

/// No mask, one that hides about a third, one that hides the future, one that also hides a key from everybody, one that
/// leaves a query nothing, one that allows everything.
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

/// True if key j is hidden from everybody, of whom there are several. What it holds is larger, but not by much: a
/// misfit takes the mask away, and what is left of a gradient after much has cancelled would be rounding.
inline bool hidden(const Mask& mask, Index j) { return mask.rows() > 1 && !mask.col(j).any(); }

/// Scores: ordinary, large, so far apart that one key gets everything, all far below zero and equal; or the keys are
/// the queries.
inline auto attention_backward(Case& drawn) {
    const Index n_queries = drawn.side(0), side_of_keys = drawn.side(), d_k = drawn.side(), d_v = drawn.side();
    const Index kind = drawn.one_of(5), n_keys = kind == 4 && n_queries > 0 ? n_queries : side_of_keys;
    Matrix query = drawn.matrix(n_queries, d_k), key = drawn.matrix(n_keys, d_k);
    Matrix value = drawn.matrix(n_keys, d_v);
    const Matrix upstream = upstream_of(drawn, n_queries, d_v);
    if (kind == 1 && in_double) query *= 16;
    if (kind == 2 && in_double) {
        query.setZero(), query.col(0).setConstant(16384);
        for (Index j = 0; j < n_keys; ++j) key(j, 0) = static_cast<Scalar>((3 * j + 1) % n_keys);
    }
    if (kind == 3 && in_double) {
        // Below what is often taken for "minus infinity"; in long sums not as far, since what cancels there is larger.
        const Scalar far = two_to(n_keys < 16 && d_v < 16 ? 16 : 11);
        query.setZero(), query.col(0).setConstant(far), key.col(0).setConstant(-far);
    }
    if (kind == 4 && n_queries > 0) key = query;
    const Mask mask = maybe_mask(drawn, n_queries, n_keys);
    for (Index j = 0; j < n_keys && in_double && kind != 4; ++j) {
        if (hidden(mask, j)) key.row(j) *= two_to(7), value.row(j) *= two_to(7);
    }
    return std::tuple{query, key, value, mask, upstream};
}

inline auto multi_head_attention_backward(Case& drawn) {
    const Index n_queries = drawn.side(0), side_of_memory = drawn.side(), kind_of_heads = drawn.one_of(4);
    const Index d_head = drawn.side(), side_of_width = drawn.side(), kind = drawn.one_of(6);
    const Index n_heads = d_head > 16 ? 1 : 1 + kind_of_heads, d_model = n_heads * d_head;
    const Index n_keys = kind == 1 && n_queries > 0 ? n_queries : side_of_memory;
    const Index d_memory = kind == 1 || kind == 2 ? d_model : side_of_width;
    const Matrix tokens = drawn.matrix(n_queries, d_model);
    Matrix memory = drawn.matrix(n_keys, d_memory);
    if (kind == 1 && n_queries > 0) memory = tokens;
    MultiHeadWeights weights{layer(drawn, d_model, d_model), layer(drawn, d_memory, d_model),
                             layer(drawn, d_memory, d_model), layer(drawn, d_model, d_model), n_heads};
    if (kind == 3 && in_double) weights.query.weight *= 16;
    if (kind == 4 && in_double) {  // all scores equal and far below zero
        weights.query.weight.setZero(), weights.query.bias.setConstant(512);
        weights.key.weight.setZero(), weights.key.bias.setConstant(-512);
    }
    if (kind == 5) weights.value.bias.setZero(), weights.output.bias.setZero();
    const Mask mask = maybe_mask(drawn, n_queries, n_keys);
    for (Index j = 0; j < n_keys && in_double && kind != 1; ++j) {
        if (hidden(mask, j)) memory.row(j) *= two_to(7);
    }
    return std::tuple{tokens, memory, weights, mask, upstream_of(drawn, n_queries, d_model)};
}

/// An empty mask that is not 0 x 0 and does not fit either.
inline bool odd_mask(const Mask& mask, Index n_queries, Index n_keys) {
    return mask.size() == 0 && mask.rows() + mask.cols() > 0 && !(mask.rows() == n_queries && mask.cols() == n_keys);
}

// What backpropagation.hpp leaves open, for the arguments of the functions: it may be answered or refused.
inline bool leaves_open(const Matrix& query, const Matrix& key, const Matrix&, const Mask& mask, const Matrix&) {
    return key.rows() == 0 || odd_mask(mask, query.rows(), key.rows());
}
inline bool leaves_open(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights&, const Mask& mask,
                        const Matrix&) {
    return memory.rows() == 0 || odd_mask(mask, tokens.rows(), memory.rows());
}

inline bool may_refuse(const auto& arguments) {
    return std::apply([](const auto&... argument) { return leaves_open(argument...); }, arguments);
}

}  // namespace backpropagation::cases

#endif
