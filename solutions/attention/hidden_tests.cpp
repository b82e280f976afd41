// Hidden tests of `attention`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

QKV_RANDOM_CASES(attention, softmax_rows, "softmax_rows")
QKV_RANDOM_CASES(attention, causal_mask, "masks")
QKV_RANDOM_CASES(attention, padding_mask, "masks")
QKV_RANDOM_CASES(attention, scaled_dot_product_attention, "scaled_dot_product")
QKV_RANDOM_CASES(attention, masked_attention, "masked_attention")
QKV_RANDOM_CASES(attention, self_attention, "projected_attention")
QKV_RANDOM_CASES(attention, cross_attention, "projected_attention")
QKV_RANDOM_CASES(attention, additive_attention, "additive_attention")
QKV_RANDOM_CASES(attention, bilinear_attention, "bilinear_attention")
