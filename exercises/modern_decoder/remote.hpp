// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_MODERN_DECODER_REMOTE_HPP
#define QKV_MODERN_DECODER_REMOTE_HPP

#include "modern_decoder.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace modern_decoder {
QKV_FIELDS(SwiGlu, gate, up, down)
QKV_FIELDS(Settings, n_heads, n_groups, window, sinks, base, epsilon)
QKV_FIELDS(Block, attention_gain, query, key, value, output, feed_forward_gain, feed_forward)
QKV_FIELDS(Model, embedding, blocks, gain, output, settings)
}  // namespace modern_decoder

QKV_REMOTE(modern_decoder, rms_norm)
QKV_REMOTE(modern_decoder, rotate_pairs)
QKV_REMOTE(modern_decoder, rotate_halves)
QKV_REMOTE(modern_decoder, halves_from_pairs)
QKV_REMOTE(modern_decoder, swiglu)
QKV_REMOTE(modern_decoder, grouped_attention)
QKV_REMOTE(modern_decoder, window_mask)
QKV_REMOTE(modern_decoder, run_block)
QKV_REMOTE(modern_decoder, hidden_states)
QKV_REMOTE(modern_decoder, logits)
QKV_REMOTE(modern_decoder, continue_text)

#endif
