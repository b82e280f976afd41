// Hidden tests of `positional_encoding`: random shapes and values against the reference, which also says what is
// refused.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return positional_encoding::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(positional_encoding, encode_position, "one_position", Never{})
QKV_RANDOM_CASES_AND_MISFITS(positional_encoding, sinusoidal_encoding, "sinusoidal", Never{})
QKV_RANDOM_CASES_AND_MISFITS(positional_encoding, add_positions, "add_positions", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(positional_encoding, add_learned_positions, "learned_positions", Never{})
QKV_RANDOM_CASES_AND_MISFITS(positional_encoding, shift_matrix, "shift_matrix", Never{})
