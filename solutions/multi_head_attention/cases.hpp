// Generated cases of `multi_head_attention`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_MULTI_HEAD_ATTENTION_CASES_HPP
#define QKV_MULTI_HEAD_ATTENTION_CASES_HPP

#include <tuple>

#include "multi_head_attention.hpp"
#include "testing/cases.hpp"

namespace multi_head_attention::cases {

using qkv::Case;

/// No mask, or one that hides about a third.
inline Mask maybe_mask(Case& drawn, Index n_queries, Index n_keys) {
    return drawn.between(0, 2) == 0 ? Mask() : drawn.mask(n_queries, n_keys);
}

/// Weights small enough that no softmax saturates.
inline Linear layer(Case& drawn, Index d_in, Index d_out) { return {drawn.matrix(d_in, d_out) / 8, drawn.row(d_out)}; }

inline auto linear(Case& drawn) {
    const Index n_tokens = drawn.side(), d_in = drawn.side(), d_out = drawn.side();
    return std::tuple{drawn.matrix(n_tokens, d_in), layer(drawn, d_in, d_out)};
}

inline auto split_heads(Case& drawn) {
    const Index n_tokens = drawn.side(), d_head = drawn.side(), n_heads = drawn.side();
    return std::tuple{drawn.matrix(n_tokens, n_heads * d_head), n_heads};
}

inline auto merge_heads(Case& drawn) {
    const Index n_tokens = drawn.side(), d_head = drawn.side(), n_heads = drawn.side();
    std::vector<Matrix> heads;
    for (Index h = 0; h < n_heads; ++h) heads.push_back(drawn.matrix(n_tokens, d_head));
    return std::tuple{heads};
}

inline auto attend_heads(Case& drawn) {
    const Index n_queries = drawn.side(), n_keys = drawn.side(), n_heads = drawn.side();
    const Index d_model = n_heads * drawn.side(), d_v = n_heads * drawn.side();
    return std::tuple{drawn.matrix(n_queries, d_model), drawn.matrix(n_keys, d_model), drawn.matrix(n_keys, d_v),
                      n_heads, maybe_mask(drawn, n_queries, n_keys)};
}

/// Self-attention in one case of three.
inline auto multi_head_attention(Case& drawn) {
    const Index n_heads = drawn.side(), d_model = n_heads * drawn.side();
    const Matrix tokens = drawn.matrix(drawn.side(), d_model);
    const Matrix memory = drawn.between(0, 2) == 0 ? tokens : drawn.matrix(drawn.side(), drawn.side());
    const MultiHeadWeights weights{layer(drawn, d_model, d_model), layer(drawn, memory.cols(), d_model),
                                   layer(drawn, memory.cols(), d_model), layer(drawn, d_model, d_model), n_heads};
    return std::tuple{tokens, memory, weights, maybe_mask(drawn, tokens.rows(), memory.rows())};
}

}  // namespace multi_head_attention::cases

#endif
