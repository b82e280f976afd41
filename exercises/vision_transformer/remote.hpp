// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_VISION_TRANSFORMER_REMOTE_HPP
#define QKV_VISION_TRANSFORMER_REMOTE_HPP

#include "vision_transformer.hpp"
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
QKV_FIELDS(Prediction, label, probability)
}  // namespace vision_transformer

QKV_REMOTE(vision_transformer, image_to_patches)
QKV_REMOTE(vision_transformer, embed_patches)
QKV_REMOTE(vision_transformer, class_logits)
QKV_REMOTE(vision_transformer, vision_transformer)
QKV_REMOTE(vision_transformer, top_k)

#endif
