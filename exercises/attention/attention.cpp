// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// attention.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade attention
#include "attention.hpp"

namespace attention {

Matrix softmax_rows(const Matrix& scores) {
    // exp(1000) is infinite. Which number can you take from every score of a row so that no exp
    // overflows and the fractions stay the same? And what if the whole row is -infinity?
    qkv::todo();
}

Mask causal_mask(Index n_queries, Index n_keys) {
    // At which position of the sequence does query i stand when there are more keys than queries?
    qkv::todo();
}

Mask padding_mask(Index n_queries, const std::vector<bool>& key_is_token) {
    // Every query sees the same keys.
    qkv::todo();
}

AttentionResult scaled_dot_product_attention(const Matrix& query, const Matrix& key, const Matrix& value) {
    // Check the shapes first: throw std::invalid_argument("...") if they do not fit.
    // Then: scores of every query with every key, scaled; a distribution over the keys; a mean of the values.
    qkv::todo();
}

AttentionResult masked_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask) {
    // What must a hidden score be so that its exp is exactly 0? mask.size() == 0 means no mask.
    qkv::todo();
}

AttentionResult self_attention(const Matrix& tokens, const Projections& projections, const Mask& mask) {
    // Three views of the same tokens.
    qkv::todo();
}

AttentionResult cross_attention(const Matrix& tokens, const Matrix& memory, const Projections& projections,
                                const Mask& mask) {
    // Who asks, and who is asked?
    qkv::todo();
}

AttentionResult additive_attention(const Matrix& query, const Matrix& key, const Matrix& value,
                                   const AdditiveWeights& weights, const Mask& mask) {
    // One score for each pair of a query and a key. Where does the tanh stand?
    qkv::todo();
}

AttentionResult bilinear_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Matrix& weight,
                                   const Mask& mask) {
    // Mind the order: the query stands on the left of W.
    qkv::todo();
}

}  // namespace attention
