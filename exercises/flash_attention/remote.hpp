// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_FLASH_ATTENTION_REMOTE_HPP
#define QKV_FLASH_ATTENTION_REMOTE_HPP

#include "flash_attention.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace flash_attention {
QKV_FIELDS(Partial, maximum, sum)
QKV_FIELDS(Running, maximum, sum, output)
QKV_FIELDS(Forward, output, log_sum_exp)
QKV_FIELDS(Tiling, query_block, key_block, causal)
QKV_FIELDS(Tile, query_begin, query_end, key_begin, key_end, partly_hidden)
QKV_FIELDS(Gradients, query, key, value)
}  // namespace flash_attention

QKV_REMOTE(flash_attention, summarize)
QKV_REMOTE(flash_attention, merge)
QKV_REMOTE(flash_attention, online_softmax)
QKV_REMOTE(flash_attention, absorb_tile)
QKV_REMOTE(flash_attention, finish)
QKV_REMOTE(flash_attention, tiles)
QKV_REMOTE(flash_attention, forward)
QKV_REMOTE(flash_attention, row_dots)
QKV_REMOTE(flash_attention, backward)

#endif
