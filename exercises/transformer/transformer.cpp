// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// transformer.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade transformer
#include "transformer.hpp"

#include "attention.hpp"
#include "positional_encoding.hpp"

namespace transformer {

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
    // Three steps: look up, scale, add positions. Does the order of the last two matter? What if an id is not
    // in the table? The functions of positional_encoding.hpp may be called.
    qkv::todo();
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    // Which of the two, query or key, must not be padding?
    qkv::todo();
}

Mask target_mask(const TokenIds& target, int padding) {
    // Two conditions at once. attention.hpp has a function for each.
    qkv::todo();
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    // Three sublayers, three residual sums, three norms. Who asks in the second sublayer, and who answers?
    // The functions of encoder.hpp and multi_head_attention.hpp may be called.
    qkv::todo();
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    // What changes from layer to layer, and what stays the same?
    qkv::todo();
}

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    // Follow figure 1 of the paper from the two inputs at the bottom to the logits. Three attentions need a mask:
    // what is the shape of each?
    qkv::todo();
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    // What does the decoder read in the first step, and what in the second? Which row of the logits is of interest?
    // What has to be done only once?
    qkv::todo();
}

}  // namespace transformer
