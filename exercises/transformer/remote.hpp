// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_TRANSFORMER_REMOTE_HPP
#define QKV_TRANSFORMER_REMOTE_HPP

#include "transformer.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace multi_head_attention {
QKV_FIELDS(Linear, weight, bias)
QKV_FIELDS(MultiHeadWeights, query, key, value, output, n_heads)
}  // namespace multi_head_attention

namespace encoder {
QKV_FIELDS(LayerNormWeights, gain, bias, epsilon)
QKV_FIELDS(FeedForwardWeights, inner, outer)
QKV_FIELDS(EncoderLayerWeights, attention, feed_forward, attention_norm, feed_forward_norm)
QKV_FIELDS(EncoderWeights, layers, final_norm)
}  // namespace encoder

namespace transformer {
QKV_FIELDS(DecoderLayerWeights, self_attention, cross_attention, feed_forward, self_norm, cross_norm, feed_forward_norm)
QKV_FIELDS(DecoderWeights, layers, final_norm)
QKV_FIELDS(TransformerModel, source_table, target_table, encoder, decoder, output, order, activation, padding)
}  // namespace transformer

QKV_REMOTE(transformer, embed_tokens)
QKV_REMOTE(transformer, source_mask)
QKV_REMOTE(transformer, target_mask)
QKV_REMOTE(transformer, decoder_layer)
QKV_REMOTE(transformer, decode)
QKV_REMOTE(transformer, transformer_logits)
QKV_REMOTE(transformer, greedy_decode)

#endif
