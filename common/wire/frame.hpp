// What stands around every message on the channel, and what a reply can be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wire/fields.hpp"

namespace qkv::wire {

enum class FrameKind : std::uint32_t {
    call = 1,         ///< to the worker: name of the function, arguments
    value,            ///< the function returned
    exception,        ///< the function threw; payload Thrown
    not_implemented,  ///< a todo was reached; payload Thrown with the name of its function
    out_of_memory,    ///< std::bad_alloc; no payload
    last_words,       ///< the worker dies by a signal; payload LastWords
    report,           ///< the worker dies of what a sanitizer found; payload its report, as text
};

/// Differs between double and float, so that a mixed build is noticed at the first reply.
inline constexpr std::uint32_t frame_magic = 0x716b7600 + sizeof(Scalar);

struct FrameHeader {
    std::uint32_t magic = frame_magic;
    FrameKind kind = FrameKind::call;
    std::uint64_t call = 0;  ///< number of the call this frame belongs to
    std::uint64_t size = 0;  ///< bytes of the payload that follows
};

/// The descriptor on which a worker finds its channel.
inline constexpr int channel_descriptor = 3;

/// An exception on its way from the worker to the tests.
struct Thrown {
    std::string type;     ///< demangled name of the exception's type
    std::string message;  ///< what()
    bool invalid_argument = false;
    bool fatal = false;                    ///< thrown where C++ cannot go on; the worker ends
    std::vector<std::uint64_t> addresses;  ///< call stack, relative to the worker's base
};

/// What a dying worker could still say. Only words: the verdict comes from its exit status.
struct LastWords {
    int signal = 0;
    int system_call = -1;  ///< for SIGSYS
    bool stack_overflow = false;
    std::vector<std::uint64_t> addresses;
};

/// Arguments of a worker that shall die by SIGFPE at the very operation that first makes NaN out of something
/// else; or at the first that makes NaN or an infinity.
inline constexpr const char *trap_nan = "--trap-nan", *trap_infinity = "--trap-infinity";

/// More of a worker's words nobody reads; it may send megabytes of them.
inline constexpr std::size_t most_addresses = 64, longest_message = 4000, longest_report = 65536;

QKV_FIELDS(Thrown, type, message, invalid_argument, fatal, addresses)
QKV_FIELDS(LastWords, signal, system_call, stack_overflow, addresses)

}  // namespace qkv::wire
