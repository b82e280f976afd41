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
template <class Function, class Reference>
struct WithTokens {
    WithTokens(const Function& asked, Reference* answers) : function(asked), reference(answers) {}
    const Function& function;
    Reference* reference;
    auto name() const { return function.name(); }
    auto operator()(const encoder::Matrix& tokens, const auto&... others) const {
        return tokens.rows() == 0 ? reference(tokens, others...) : function(tokens, others...);
    }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(encoder, layer_norm, "layer_norm", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(encoder, activate, "activation", Never{})
QKV_RANDOM_CASES_AND_MISFITS(encoder, feed_forward, "feed_forward", Never{})

QKV_TEST("random cases of encoder_layer in post-norm order", "随机用例：后置归一化的 encoder_layer",
         "[post_norm_layer]") {
    const auto generate = [](qkv::Case& drawn) { return encoder::cases::encoder_layer_in(drawn, NormOrder::post); };
    check_random_cases(WithTokens(learner::encoder_layer, encoder::encoder_layer), encoder::encoder_layer, generate,
                       may_refuse, true);
}

QKV_TEST("random cases of encoder_layer in pre-norm order", "随机用例：前置归一化的 encoder_layer",
         "[pre_norm_layer]") {
    const auto generate = [](qkv::Case& drawn) { return encoder::cases::encoder_layer_in(drawn, NormOrder::pre); };
    check_random_cases(WithTokens(learner::encoder_layer, encoder::encoder_layer), encoder::encoder_layer, generate,
                       may_refuse, true);
}

QKV_TEST("random cases of encode", "随机用例：encode", "[encoder_stack]") {
    check_random_cases(WithTokens(learner::encode, encoder::encode), encoder::encode, encoder::cases::encode,
                       may_refuse, true);
}
