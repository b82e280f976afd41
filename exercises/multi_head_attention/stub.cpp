// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// multi_head_attention.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade multi_head_attention
#include "multi_head_attention.hpp"

#include "attention.hpp"  // what that exercise is about is yours to call: attention::masked_attention, ...

namespace multi_head_attention {

Matrix linear(const Matrix& input, const Linear& layer) {
    // Rows are tokens, so on which side does the weight stand? Every row gets the same bias.
    // Check both shapes first: throw std::invalid_argument("...") if they do not fit.
    qkv::todo();
}

std::vector<Matrix> split_heads(const Matrix& features, Index n_heads) {
    // Which columns belong to head 0, which to head 1? Which values of n_heads make no sense at all?
    qkv::todo();
}

Matrix merge_heads(const std::vector<Matrix>& heads) {
    // Side by side, in order. How do you know that the heads belong together?
    qkv::todo();
}

MultiHeadResult attend_heads(const Matrix& query, const Matrix& key, const Matrix& value, Index n_heads,
                             const Mask& mask) {
    // What does one head see of queries, keys and values, and what does it not see? How wide are its keys?
    qkv::todo();
}

MultiHeadResult multi_head_attention(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights,
                                     const Mask& mask) {
    // Four linear layers: which of them take the tokens, which the memory, and which neither?
    qkv::todo();
}

}  // namespace multi_head_attention
