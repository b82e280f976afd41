// Hidden tests of `encoder`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using namespace qkv::testing;
using encoder::NormOrder;

QKV_RANDOM_CASES(encoder, layer_norm, "layer_norm")
QKV_RANDOM_CASES(encoder, activate, "activation")
QKV_RANDOM_CASES(encoder, feed_forward, "feed_forward")

QKV_TEST("random cases of encoder_layer in post-norm order", "随机用例：后置归一化的 encoder_layer",
         "[post_norm_layer]") {
    check_random_cases(learner::encoder_layer, encoder::encoder_layer,
                       [](qkv::Case& drawn) { return encoder::cases::encoder_layer_in(drawn, NormOrder::post); });
}

QKV_TEST("random cases of encoder_layer in pre-norm order", "随机用例：前置归一化的 encoder_layer",
         "[pre_norm_layer]") {
    check_random_cases(learner::encoder_layer, encoder::encoder_layer,
                       [](qkv::Case& drawn) { return encoder::cases::encoder_layer_in(drawn, NormOrder::pre); });
}

QKV_RANDOM_CASES(encoder, encode, "encoder_stack")
