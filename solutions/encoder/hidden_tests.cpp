// Hidden tests of `encoder`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using namespace qkv::testing;
using encoder::NormOrder;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return encoder::cases::may_refuse(arguments); };

/// Without tokens code may stop in Eigen before it has seen that something else does not fit: that is a refusal, too.
template <class Function>
struct StopsWithoutTokens {
    explicit StopsWithoutTokens(const Function& stops) : function(stops) {}
    const Function& function;
    auto name() const { return function.name(); }
    auto operator()(const encoder::Matrix& tokens, const auto&... others) const {
        try {
            return function(tokens, others...);
        } catch (const qkv::harness::CallFailed&) {
            throw;
        } catch (const std::exception& stop) {
            if (tokens.rows() == 0) throw std::invalid_argument(stop.what());
            throw;
        }
    }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(encoder, layer_norm, "layer_norm", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(encoder, activate, "activation", Never{})
QKV_RANDOM_CASES_AND_MISFITS(encoder, feed_forward, "feed_forward", Never{})

QKV_TEST("random cases of encoder_layer in post-norm order", "随机用例：后置归一化的 encoder_layer",
         "[post_norm_layer]") {
    const auto generate = [](qkv::Case& drawn) { return encoder::cases::encoder_layer_in(drawn, NormOrder::post); };
    check_random_cases(StopsWithoutTokens(learner::encoder_layer), encoder::encoder_layer, generate, may_refuse, true);
}

QKV_TEST("random cases of encoder_layer in pre-norm order", "随机用例：前置归一化的 encoder_layer",
         "[pre_norm_layer]") {
    const auto generate = [](qkv::Case& drawn) { return encoder::cases::encoder_layer_in(drawn, NormOrder::pre); };
    check_random_cases(StopsWithoutTokens(learner::encoder_layer), encoder::encoder_layer, generate, may_refuse, true);
}

QKV_TEST("random cases of encode", "随机用例：encode", "[encoder_stack]") {
    check_random_cases(StopsWithoutTokens(learner::encode), encoder::encode, encoder::cases::encode, may_refuse, true);
}
