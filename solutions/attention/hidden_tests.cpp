// Hidden tests of `attention`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return attention::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(attention, softmax_rows, "softmax_rows", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(attention, causal_mask, "masks", Never{})
QKV_RANDOM_CASES_AND_MISFITS(attention, padding_mask, "masks", Never{})
QKV_RANDOM_CASES_AND_MISFITS(attention, scaled_dot_product_attention, "scaled_dot_product", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(attention, masked_attention, "masked_attention", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(attention, self_attention, "projected_attention", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(attention, cross_attention, "projected_attention", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(attention, additive_attention, "additive_attention", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(attention, bilinear_attention, "bilinear_attention", may_refuse)
