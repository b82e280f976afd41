// Hidden tests of `digit_recognition`: random shapes and values against the reference, which also says what is refused.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return digit_recognition::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, images_from_pixels, "images", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, look_inside, "look_inside", Never{})
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, batch_logits, "classify", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, most_probable, "classify", Never{})
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, accuracy, "evaluate", Never{})
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, confusion_matrix, "evaluate", Never{})
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, attention_rollout, "rollout", Never{})
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, rollout_picture, "rollout", Never{})
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, occlusion, "occlusion", Never{})
QKV_RANDOM_CASES_AND_MISFITS(digit_recognition, most_important, "occlusion", Never{})
