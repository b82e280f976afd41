// The system calls that a worker may make, on every processor: libseccomp knows which exist there, by which number.
#pragma once

#include <seccomp.h>
#include <sys/types.h>

#include <cstdint>

namespace qkv::grader {

/// The one start of a program that the filter lets through: ours. A filter sees numbers only, not the path
/// they point to. But the kernel ignores the upper half of a descriptor and of flags, so these hold 64 random
/// bits, which are gone from memory once the worker has been started.
struct Start {
    std::uint64_t descriptor, flags;
};

/// Adds to a filter that refuses everything what a static program needs to start, compute, print and die, as `process`.
/// False if a rule cannot be added.
bool add_rules(scmp_filter_ctx filter, const Start& start, pid_t process);

}  // namespace qkv::grader
