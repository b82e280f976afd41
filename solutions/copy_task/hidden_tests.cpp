// Hidden tests of `copy_task`: random shapes and values against the reference, which also says what is refused.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using qkv::testing::Never;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return copy_task::cases::may_refuse(arguments); };

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(copy_task, head_from, "heads", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, write_head_from, "heads", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, initial_state, "step", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, step, "step", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, task_inputs, "sequence", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, run, "sequence", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(copy_task, said_bits, "sequence", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, wrong_bits, "generalisation", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, wrong_by_length, "generalisation", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(copy_task, heads_over_time, "memory_over_time", may_refuse)
QKV_RANDOM_CASES_AND_MISFITS(copy_task, path, "memory_over_time", Never{})
