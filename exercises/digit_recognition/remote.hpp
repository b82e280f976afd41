// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_DIGIT_RECOGNITION_REMOTE_HPP
#define QKV_DIGIT_RECOGNITION_REMOTE_HPP

#include "digit_recognition.hpp"
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

namespace vision_transformer {
QKV_FIELDS(PatchEmbeddingWeights, projection, class_token, positions)
QKV_FIELDS(ClassHeadWeights, norm, projection)
QKV_FIELDS(VisionTransformerWeights, patch_size, embedding, layers, head)
}  // namespace vision_transformer

namespace digit_recognition {
QKV_FIELDS(PixelScale, white, mean, deviation)
QKV_FIELDS(Trace, tokens, attention, logits)
QKV_FIELDS(Occlusion, label, probability, drops)
QKV_FIELDS(Patch, row, column)
}  // namespace digit_recognition

QKV_REMOTE(digit_recognition, images_from_pixels)
QKV_REMOTE(digit_recognition, look_inside)
QKV_REMOTE(digit_recognition, batch_logits)
QKV_REMOTE(digit_recognition, most_probable)
QKV_REMOTE(digit_recognition, accuracy)
QKV_REMOTE(digit_recognition, confusion_matrix)
QKV_REMOTE(digit_recognition, attention_rollout)
QKV_REMOTE(digit_recognition, rollout_picture)
QKV_REMOTE(digit_recognition, occlusion)
QKV_REMOTE(digit_recognition, most_important)

#endif
