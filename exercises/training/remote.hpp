// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_TRAINING_REMOTE_HPP
#define QKV_TRAINING_REMOTE_HPP

#include "training.hpp"
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
}  // namespace encoder

namespace transformer {
QKV_FIELDS(DecoderLayerWeights, self_attention, cross_attention, feed_forward, self_norm, cross_norm, feed_forward_norm)
}  // namespace transformer

namespace training {
QKV_FIELDS(AdamSettings, beta1, beta2, epsilon)
QKV_FIELDS(AdamState, steps, first, second)
QKV_FIELDS(AdamStep, parameters, state)
QKV_FIELDS(FeedForwardGradients, input, weights)
QKV_FIELDS(EncoderLayerGradients, tokens, weights)
QKV_FIELDS(DecoderLayerGradients, tokens, memory, weights)
QKV_FIELDS(Model, source_table, target_table, encoder, decoder, output)
QKV_FIELDS(Sentence, source, target, source_kept, target_kept)
QKV_FIELDS(LossAndGradient, loss, gradient)
QKV_FIELDS(TrainingSettings, smoothing, drop_rate, max_norm, warmup, adam)
QKV_FIELDS(TrainingStep, model, state, loss)
}  // namespace training

QKV_REMOTE(training, global_norm)
QKV_REMOTE(training, clip_gradients)
QKV_REMOTE(training, adam_start)
QKV_REMOTE(training, adam_step)
QKV_REMOTE(training, noam_rate)
QKV_REMOTE(training, dropout)
QKV_REMOTE(training, dropout_backward)
QKV_REMOTE(training, feed_forward_backward)
QKV_REMOTE(training, encoder_layer_backward)
QKV_REMOTE(training, decoder_layer_backward)
QKV_REMOTE(training, logits)
QKV_REMOTE(training, loss_and_gradient)
QKV_REMOTE(training, training_step)

#endif
