// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// modern_decoder.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade modern_decoder
#include "modern_decoder.hpp"

namespace modern_decoder {

Matrix rms_norm(const Matrix& tokens, const RowVector& gain, Scalar epsilon) {
    // What does layer norm do that is not done here? Under the root or beside it: where does epsilon belong?
    qkv::todo();
}

Matrix rotate_pairs(const Matrix& head, Index offset, Scalar base) {
    // Which two features turn together, and by which angle in row t? What do both need of each other, unturned?
    qkv::todo();
}

Matrix rotate_halves(const Matrix& head, Index offset, Scalar base) {
    // Which two features turn together now? What can it share with rotate_pairs?
    qkv::todo();
}

Matrix halves_from_pairs(const Matrix& weight, Index n_heads) {
    // Write the numbers of the columns of one head in their new order. Where does the next head begin?
    qkv::todo();
}

Matrix swiglu(const Matrix& tokens, const SwiGlu& weights) {
    // Through which of the two maps does silu go? What becomes of silu(-1000)?
    qkv::todo();
}

Matrix grouped_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask, Index n_heads,
                         Index n_groups) {
    // Which columns are query head h? Which key and value head does it share, and with whom? What in attention.hpp does
    // the rest?
    qkv::todo();
}

Mask window_mask(Index n_tokens, Index window, Index sinks) {
    // Three conditions. Which of them holds whatever the other two say?
    qkv::todo();
}

Matrix run_block(const Matrix& tokens, const Block& block, const Settings& settings) {
    // What is normed, and what is added to? Which of queries, keys and values are rotated, and how wide is a head?
    qkv::todo();
}

Matrix hidden_states(const TokenIds& ids, const Model& model) {
    // Where do positions come in? What stands behind the last block?
    qkv::todo();
}

Matrix logits(const TokenIds& ids, const Model& model) {
    // Which shape has the embedding, and which the output? What if there is none?
    qkv::todo();
}

TokenIds continue_text(const TokenIds& prompt, const Model& model, int end, Index most_new) {
    // Which row of the logits speaks about the next id? What is returned, and what is read again?
    qkv::todo();
}

}  // namespace modern_decoder
