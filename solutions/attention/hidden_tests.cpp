// Hidden tests of `attention`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return attention::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES(attention, softmax_rows, "softmax_rows", may_refuse)
QKV_RANDOM_CASES(attention, causal_mask, "masks")
QKV_RANDOM_CASES(attention, padding_mask, "masks")
QKV_RANDOM_CASES(attention, scaled_dot_product_attention, "scaled_dot_product", may_refuse)
QKV_RANDOM_CASES(attention, masked_attention, "masked_attention", may_refuse)
QKV_RANDOM_CASES(attention, self_attention, "projected_attention", may_refuse)
QKV_RANDOM_CASES(attention, cross_attention, "projected_attention", may_refuse)
QKV_RANDOM_CASES(attention, additive_attention, "additive_attention", may_refuse)
QKV_RANDOM_CASES(attention, bilinear_attention, "bilinear_attention", may_refuse)
