// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_TEXT_READING_REMOTE_HPP
#define QKV_TEXT_READING_REMOTE_HPP

#include "text_reading.hpp"
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

namespace text_reading {
QKV_FIELDS(LayerResult, tokens, attention)
QKV_FIELDS(Encoding, tokens, attention, output)
QKV_FIELDS(HeadWeights, widen, gather, mix, letters)
QKV_FIELDS(Reading, text, confidence)
QKV_FIELDS(Line, tokens, beside)
QKV_FIELDS(ReaderWeights, encoder, head, letters)
}  // namespace text_reading

QKV_REMOTE(text_reading, silu)
QKV_REMOTE(text_reading, silu_feed_forward)
QKV_REMOTE(text_reading, attention_from_fused)
QKV_REMOTE(text_reading, silu_encoder_layer)
QKV_REMOTE(text_reading, encode_line)
QKV_REMOTE(text_reading, with_neighbours)
QKV_REMOTE(text_reading, line_logits)
QKV_REMOTE(text_reading, best_path)
QKV_REMOTE(text_reading, collapse)
QKV_REMOTE(text_reading, read_logits)
QKV_REMOTE(text_reading, read_lines)

#endif
