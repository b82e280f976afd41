// Generated cases of `attention`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_ATTENTION_CASES_HPP
#define QKV_ATTENTION_CASES_HPP

#include <limits>
#include <tuple>

#include "attention.hpp"
#include "testing/cases.hpp"

namespace attention::cases {

using qkv::Case;

/// No mask, or one that hides about a third.
inline Mask maybe_mask(Case& drawn, Index n_queries, Index n_keys) {
    return drawn.between(0, 2) == 0 ? Mask() : drawn.mask(n_queries, n_keys);
}

inline auto softmax_rows(Case& drawn) {
    Matrix scores = drawn.matrix(drawn.side(), drawn.side());
    scores *= static_cast<Scalar>(1 << drawn.between(0, 10));
    if (drawn.between(0, 1) == 1) {
        const Mask kept = drawn.mask(scores.rows(), scores.cols());
        scores = kept.select(scores, -std::numeric_limits<Scalar>::infinity()).eval();
    }
    return std::tuple{scores};
}

inline auto causal_mask(Case& drawn) { return std::tuple{drawn.side(), drawn.side()}; }

inline auto padding_mask(Case& drawn) {
    const Index n_queries = drawn.side();
    return std::tuple{n_queries, drawn.flags(drawn.side())};
}

inline auto scaled_dot_product_attention(Case& drawn) {
    const Index n_queries = drawn.side(), n_keys = drawn.side(), d_k = drawn.side(), d_v = drawn.side();
    return std::tuple{drawn.matrix(n_queries, d_k), drawn.matrix(n_keys, d_k), drawn.matrix(n_keys, d_v)};
}

inline auto masked_attention(Case& drawn) {
    auto [query, key, value] = scaled_dot_product_attention(drawn);
    query *= drawn.extreme(1024);  // a softmax over hidden keys too may then lose all others
    const Mask mask = maybe_mask(drawn, query.rows(), key.rows());
    return std::tuple{query, key, value, mask};
}

inline auto cross_attention(Case& drawn) {
    const Index n_queries = drawn.side(), n_keys = drawn.side(), d_k = drawn.side(), d_v = drawn.side();
    const Index d_model = drawn.side(), d_memory = drawn.side();
    const Projections projections{drawn.matrix(d_model, d_k), drawn.matrix(d_memory, d_k), drawn.matrix(d_memory, d_v)};
    return std::tuple{drawn.matrix(n_queries, d_model), drawn.matrix(n_keys, d_memory), projections,
                      maybe_mask(drawn, n_queries, n_keys)};
}

inline auto self_attention(Case& drawn) {
    const Index n_tokens = drawn.side(), d_model = drawn.side(), d_k = drawn.side(), d_v = drawn.side();
    const Projections projections{drawn.matrix(d_model, d_k), drawn.matrix(d_model, d_k), drawn.matrix(d_model, d_v)};
    return std::tuple{drawn.matrix(n_tokens, d_model), projections, maybe_mask(drawn, n_tokens, n_tokens)};
}

inline auto additive_attention(Case& drawn) {
    const Index n_queries = drawn.side(), n_keys = drawn.side(), d_v = drawn.side();
    const Index d_query = drawn.side(), d_key = drawn.side(), d_hidden = drawn.side();
    const AdditiveWeights weights{drawn.matrix(d_query, d_hidden), drawn.matrix(d_key, d_hidden), drawn.row(d_hidden)};
    return std::tuple{drawn.matrix(n_queries, d_query), drawn.matrix(n_keys, d_key), drawn.matrix(n_keys, d_v), weights,
                      maybe_mask(drawn, n_queries, n_keys)};
}

inline auto bilinear_attention(Case& drawn) {
    const Index n_queries = drawn.side(), n_keys = drawn.side(), d_v = drawn.side();
    const Index d_query = drawn.side(), d_key = drawn.side();
    return std::tuple{drawn.matrix(n_queries, d_query), drawn.matrix(n_keys, d_key), drawn.matrix(n_keys, d_v),
                      drawn.matrix(d_query, d_key), maybe_mask(drawn, n_queries, n_keys)};
}

}  // namespace attention::cases

#endif
