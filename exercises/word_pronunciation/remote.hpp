// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_WORD_PRONUNCIATION_REMOTE_HPP
#define QKV_WORD_PRONUNCIATION_REMOTE_HPP

#include "wire/fields.hpp"
#include "wire/interface.hpp"
#include "word_pronunciation.hpp"

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

namespace word_pronunciation {
QKV_FIELDS(Reading, source, memory)
QKV_FIELDS(Hypothesis, ids, log_probability, score)
QKV_FIELDS(Alignment, weights, letters)
}  // namespace word_pronunciation

QKV_REMOTE(word_pronunciation, letters_to_ids)
QKV_REMOTE(word_pronunciation, ids_to_letters)
QKV_REMOTE(word_pronunciation, ids_to_phonemes)
QKV_REMOTE(word_pronunciation, read_word)
QKV_REMOTE(word_pronunciation, next_log_probabilities)
QKV_REMOTE(word_pronunciation, pronounce)
QKV_REMOTE(word_pronunciation, beam_search)
QKV_REMOTE(word_pronunciation, edit_distance)
QKV_REMOTE(word_pronunciation, phoneme_error_rate)
QKV_REMOTE(word_pronunciation, align)

#endif
