// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_ATTENTION_REMOTE_HPP
#define QKV_ATTENTION_REMOTE_HPP

#include "attention.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace attention {
QKV_FIELDS(AttentionResult, output, weights)
QKV_FIELDS(Projections, query, key, value)
QKV_FIELDS(AdditiveWeights, query, key, v)
}  // namespace attention

QKV_REMOTE(attention, softmax_rows)
QKV_REMOTE(attention, causal_mask)
QKV_REMOTE(attention, padding_mask)
QKV_REMOTE(attention, scaled_dot_product_attention)
QKV_REMOTE(attention, masked_attention)
QKV_REMOTE(attention, self_attention)
QKV_REMOTE(attention, cross_attention)
QKV_REMOTE(attention, additive_attention)
QKV_REMOTE(attention, bilinear_attention)

#endif
