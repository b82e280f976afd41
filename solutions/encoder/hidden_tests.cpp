// Hidden tests of `encoder`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using namespace qkv::testing;
using encoder::NormOrder;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return encoder::cases::may_refuse(arguments); };

/// Without tokens the header leaves everything to the learner (a loop over tokens never sees the other shapes), so
/// nobody is asked.
struct WithTokens {
    bool operator()(const auto& arguments) const { return may_refuse(arguments); }
    bool leaves_out(const auto& arguments) const { return std::get<0>(arguments).rows() == 0; }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(encoder, layer_norm, "layer_norm", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(encoder, activate, "activation", Never{})
QKV_RANDOM_CASES_AND_MISFITS(encoder, feed_forward, "feed_forward", Never{})

QKV_TEST("random cases of encoder_layer in post-norm order", "随机用例：后置归一化的 encoder_layer",
         "[post_norm_layer]") {
    const auto generate = [](qkv::Case& drawn) { return encoder::cases::encoder_layer_in(drawn, NormOrder::post); };
    check_random_cases(learner::encoder_layer, encoder::encoder_layer, generate, WithTokens{}, true);
}

QKV_TEST("random cases of encoder_layer in pre-norm order", "随机用例：前置归一化的 encoder_layer",
         "[pre_norm_layer]") {
    const auto generate = [](qkv::Case& drawn) { return encoder::cases::encoder_layer_in(drawn, NormOrder::pre); };
    check_random_cases(learner::encoder_layer, encoder::encoder_layer, generate, WithTokens{}, true);
}

QKV_RANDOM_CASES_AND_MISFITS(encoder, encode, "encoder_stack", WithTokens{})
