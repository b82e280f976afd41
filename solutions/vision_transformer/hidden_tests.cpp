// Hidden tests of `vision_transformer`: random shapes and values against the reference, which also says what is
// refused.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return vision_transformer::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(vision_transformer, image_to_patches, "image_to_patches", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(vision_transformer, embed_patches, "embed_patches", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(vision_transformer, class_logits, "class_logits", Never{})
QKV_RANDOM_CASES_AND_MISFITS(vision_transformer, vision_transformer, "vision_transformer", Never{})
QKV_RANDOM_CASES_AND_MISFITS(vision_transformer, top_k, "top_k", Never{})
