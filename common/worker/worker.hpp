// The worker's side of the remote call: the table of graded functions and the loop that serves them.
#pragma once

#include <tuple>
#include <type_traits>

#include "wire/checked.hpp"
#include "wire/codec.hpp"
#include "wire/frame.hpp"
#ifdef QKV_PROBE
#include "worker/probe.hpp"
#endif

namespace qkv::worker {

using namespace wire;

/// One graded function. Objects of this type link themselves into the table when constructed.
struct Entry {
    Entry(const char* its_name, void* its_address, bool (*its_serve)(void*, Reader&, Writer&));

    const char* name;
    void* address;  ///< null when the learner's file does not define the function
    bool (*serve)(void* address, Reader& arguments, Writer& result);
    const Entry* next;
};

/// Decodes the arguments, calls the function, encodes the result. False if the arguments are not
/// what the function takes.
template <class Result, class... Arguments>
bool serve(void* address, Reader& reader, Writer& writer) {
    std::tuple<std::remove_cvref_t<Arguments>...> arguments;
    std::apply([&](auto&... argument) { (walk(argument, reader), ...); }, arguments);
    if (!reader.complete()) return false;
    auto* function = reinterpret_cast<Result (*)(Arguments...)>(address);
#ifdef QKV_PROBE
    const Result result = probe(function, arguments);
#else
    const Result result = std::apply(function, arguments);
#endif
    walk(result, writer);
    return true;
}

template <class Result, class... Arguments>
Entry enter(const char* name, Result (*function)(Arguments...)) {
    return Entry{name, reinterpret_cast<void*>(function), &serve<Result, Arguments...>};
}

/// Serves calls on the channel until it closes. Never returns.
[[noreturn]] void serve_calls();

/// Return addresses of the calling thread, innermost first, minus one, relative to the worker's
/// base: what a symbolizer takes.
std::vector<std::uint64_t> call_stack();

/// Installs the handlers that send a dying worker's last words.
void install_last_words();

/// Writes one frame to the channel; gives up silently when nobody listens.
void send_frame(FrameKind kind, std::uint64_t call, std::span<const std::byte> payload);

/// The number of the call being served; 0 before the first.
std::uint64_t current_call();

}  // namespace qkv::worker

#define QKV_REMOTE(space, name)                       \
    namespace space {                                 \
    extern decltype(name) name __attribute__((weak)); \
    }                                                 \
    namespace qkv::worker::table {                    \
    QKV_CHECKED(space, name)                          \
    const Entry name = enter(#name, &space::name);    \
    }
