// Hidden tests of `transformer`: random shapes and values against the reference, which also says what is refused.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return transformer::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(transformer, embed_tokens, "embed_tokens", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(transformer, source_mask, "masks", Never{})
QKV_RANDOM_CASES_AND_MISFITS(transformer, target_mask, "masks", Never{})
QKV_RANDOM_CASES_AND_MISFITS(transformer, decoder_layer, "decoder_layer", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(transformer, decode, "decoder_stack", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(transformer, transformer_logits, "transformer_logits", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(transformer, greedy_decode, "greedy_decode", may_refuse)
