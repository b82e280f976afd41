// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_MULTI_HEAD_ATTENTION_REMOTE_HPP
#define QKV_MULTI_HEAD_ATTENTION_REMOTE_HPP

#include "multi_head_attention.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace multi_head_attention {
QKV_FIELDS(Linear, weight, bias)
QKV_FIELDS(MultiHeadWeights, query, key, value, output, n_heads)
QKV_FIELDS(MultiHeadResult, output, weights)
}  // namespace multi_head_attention

QKV_REMOTE(multi_head_attention, linear)
QKV_REMOTE(multi_head_attention, split_heads)
QKV_REMOTE(multi_head_attention, merge_heads)
QKV_REMOTE(multi_head_attention, attend_heads)
QKV_REMOTE(multi_head_attention, multi_head_attention)

#endif
