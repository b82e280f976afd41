// Hidden tests of `text_reading`: random shapes and values against the reference, which also says what is refused.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return text_reading::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES(text_reading, silu, "silu")
QKV_RANDOM_CASES_AND_MISFITS(text_reading, silu_feed_forward, "feed_forward", Never{})
QKV_RANDOM_CASES_AND_MISFITS(text_reading, attention_from_fused, "fused", Never{})
QKV_RANDOM_CASES_AND_MISFITS(text_reading, silu_encoder_layer, "layer", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(text_reading, encode_line, "stack", may_refuse)
QKV_RANDOM_CASES(text_reading, with_neighbours, "head")
QKV_RANDOM_CASES_AND_MISFITS(text_reading, line_logits, "head", Never{})
QKV_RANDOM_CASES_AND_MISFITS(text_reading, best_path, "ctc", Never{})
QKV_RANDOM_CASES(text_reading, collapse, "ctc")
QKV_RANDOM_CASES_AND_MISFITS(text_reading, read_logits, "read", Never{})
QKV_RANDOM_CASES_AND_MISFITS(text_reading, read_lines, "read", may_refuse)
