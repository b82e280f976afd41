// Hidden tests of `transformer`: random shapes and values against the reference, which also says what is refused.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return transformer::cases::may_refuse(arguments); };

/// If no token is to be said, what does not fit may be refused, or not; what fits is answered by none.
constexpr auto may_refuse_to_speak = [](const auto& arguments) {
    auto saying_one = arguments;
    qkv::Index& max_tokens = std::get<4>(saying_one);
    if (may_refuse(arguments) || max_tokens != 0) return may_refuse(arguments);
    max_tokens = 1;
    return !qkv::testing::answer_of(transformer::greedy_decode, saying_one);
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(transformer, embed_tokens, "embed_tokens", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(transformer, source_mask, "masks", Never{})
QKV_RANDOM_CASES_AND_MISFITS(transformer, target_mask, "masks", Never{})
QKV_RANDOM_CASES_AND_MISFITS(transformer, decoder_layer, "decoder_layer", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(transformer, decode, "decoder_stack", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(transformer, transformer_logits, "transformer_logits", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(transformer, greedy_decode, "greedy_decode", may_refuse_to_speak)
