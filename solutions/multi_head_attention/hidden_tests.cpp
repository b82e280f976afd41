// Hidden tests of `multi_head_attention`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

QKV_RANDOM_CASES(multi_head_attention, linear, "linear")
QKV_RANDOM_CASES(multi_head_attention, split_heads, "split_and_merge")
QKV_RANDOM_CASES(multi_head_attention, merge_heads, "split_and_merge")
QKV_RANDOM_CASES(multi_head_attention, attend_heads, "attend_heads")
QKV_RANDOM_CASES(multi_head_attention, multi_head_attention, "multi_head_attention")
