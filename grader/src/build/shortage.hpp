// What a compiler or linker could not do because of the machine, and not because of a learner's file.
#pragma once

#include "base/process.hpp"

namespace qkv::grader {

/// The machine may have done it, not the file: a program was killed or could not start, or something ran short.
bool may_be_shortage(const Ended& ended, const Command& command);

/// Not for a learner's file to bring about: the system killed a program or ended it for time that we did not limit, the
/// disk or our share of it is full, or less memory is to be had than a build may take.
bool is_the_systems(const Ended& ended, const Command& command);

/// Throws Failure (kit_fault) with the first line of what the program said.
[[noreturn]] void stop_for_shortage(const Ended& ended);

}  // namespace qkv::grader
