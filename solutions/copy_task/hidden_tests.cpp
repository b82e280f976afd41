// Hidden tests of `copy_task`: random shapes and values against the reference, which also says what is refused.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

namespace cases = copy_task::cases;
using qkv::testing::Never;

namespace {

/// What the header leaves open, for the arguments of each function.
struct MayRefuse {
    bool operator()(const auto& arguments) const {
        return std::apply([](const auto&... argument) { return cases::leaves_open(argument...); }, arguments);
    }
    bool leaves_out(const auto& arguments) const {
        return std::apply([](const auto&... argument) { return cases::leaves_out(argument...); }, arguments);
    }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(copy_task, head_from, "heads", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, write_head_from, "heads", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, initial_state, "step", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, step, "step", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, task_inputs, "sequence", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, run, "sequence", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, said_bits, "sequence", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, wrong_bits, "generalisation", Never{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, wrong_by_length, "generalisation", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, heads_over_time, "memory_over_time", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(copy_task, path, "memory_over_time", Never{})
