// Hidden tests of `backpropagation`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using namespace qkv::testing;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return backpropagation::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(backpropagation, linear_backward, "linear", Never{})
QKV_RANDOM_CASES_AND_MISFITS(backpropagation, embedding_backward, "embedding", Never{})
QKV_RANDOM_CASES_AND_MISFITS(backpropagation, softmax_backward, "softmax", Never{})
QKV_RANDOM_CASES_AND_MISFITS(backpropagation, cross_entropy, "cross_entropy", Never{})
QKV_RANDOM_CASES_AND_MISFITS(backpropagation, layer_norm_backward, "layer_norm", Never{})
QKV_RANDOM_CASES_AND_MISFITS(backpropagation, attention_backward, "attention", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(backpropagation, multi_head_attention_backward, "multi_head", may_refuse)
