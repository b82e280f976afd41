// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_BACKPROPAGATION_REMOTE_HPP
#define QKV_BACKPROPAGATION_REMOTE_HPP

#include "backpropagation.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace multi_head_attention {
QKV_FIELDS(Linear, weight, bias)
QKV_FIELDS(MultiHeadWeights, query, key, value, output, n_heads)
}  // namespace multi_head_attention

namespace backpropagation {
QKV_FIELDS(LinearGradients, input, layer)
QKV_FIELDS(CrossEntropy, loss, gradient)
QKV_FIELDS(LayerNormGradients, input, gain, bias)
QKV_FIELDS(AttentionGradients, query, key, value)
QKV_FIELDS(MultiHeadGradients, tokens, memory, weights)
}  // namespace backpropagation

QKV_REMOTE(backpropagation, linear_backward)
QKV_REMOTE(backpropagation, embedding_backward)
QKV_REMOTE(backpropagation, softmax_backward)
QKV_REMOTE(backpropagation, cross_entropy)
QKV_REMOTE(backpropagation, layer_norm_backward)
QKV_REMOTE(backpropagation, attention_backward)
QKV_REMOTE(backpropagation, multi_head_attention_backward)

#endif
