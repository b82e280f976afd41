// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_ENCODER_REMOTE_HPP
#define QKV_ENCODER_REMOTE_HPP

#include "encoder.hpp"
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

QKV_REMOTE(encoder, layer_norm)
QKV_REMOTE(encoder, activate)
QKV_REMOTE(encoder, feed_forward)
QKV_REMOTE(encoder, encoder_layer)
QKV_REMOTE(encoder, encode)

#endif
