// A worker that breaks the protocol in the way its argument names; started by worker_process_tests.cpp.
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "wire/codec.hpp"
#include "wire/frame.hpp"

namespace {

using namespace qkv::wire;

constexpr std::uint64_t mebibyte = 1U << 20;

/// Writes to the channel; ends the program when nobody listens any more.
void put(const void* data, std::size_t size) {
    const char* bytes = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t count = write(channel_descriptor, bytes, size);
        if (count <= 0) _exit(1);
        bytes += count;
        size -= static_cast<std::size_t>(count);
    }
}

void get(void* data, std::size_t size) {
    char* bytes = static_cast<char*>(data);
    while (size > 0) {
        const ssize_t count = read(channel_descriptor, bytes, size);
        if (count <= 0) _exit(1);
        bytes += count;
        size -= static_cast<std::size_t>(count);
    }
}

/// Waits for a call; its header and payload.
std::pair<FrameHeader, Bytes> next_call() {
    FrameHeader header;
    get(&header, sizeof header);
    Bytes payload(header.size);
    get(payload.data(), payload.size());
    return {header, payload};
}

void put_header(FrameKind kind, std::uint64_t call, std::uint64_t size) {
    const FrameHeader header{frame_magic, kind, call, size};
    put(&header, sizeof header);
}

void put_frame(FrameKind kind, std::uint64_t call, const Bytes& payload) {
    put_header(kind, call, payload.size());
    put(payload.data(), payload.size());
}

/// Thousands of the smallest frames in one piece, so that there is always one more to be read.
Bytes many_last_words() {
    const FrameHeader header{frame_magic, FrameKind::last_words, 0, 0};
    const auto frame = std::as_bytes(std::span(&header, 1));
    Bytes all;
    for (int i = 0; i < 1000; ++i) all.insert(all.end(), frame.begin(), frame.end());
    return all;
}

[[noreturn]] void flood(const Bytes& bytes) {
    while (true) put(bytes.data(), bytes.size());
}

[[noreturn]] void stay() {
    while (true) pause();
}

/// The honest way: every call is answered with its own payload.
[[noreturn]] void serve() {
    while (true) {
        const auto [header, payload] = next_call();
        put_frame(FrameKind::value, header.call, payload);
    }
}

[[noreturn]] void leave() { _exit(0); }

/// What a worker does with its first call, and then.
struct Mode {
    std::string name;
    std::function<void(std::uint64_t call)> act;
    void (*then)();
};

void reply(std::uint64_t call) { put_frame(FrameKind::value, call, Bytes(3)); }

void reply_twice(std::uint64_t call) {
    reply(call);
    reply(call);
}

void drip(std::uint64_t call) {
    put_header(FrameKind::value, call, mebibyte);
    for (; true; usleep(1000)) put("x", 1);
}

void forge_last_words(std::uint64_t) {
    LastWords words;
    words.signal = SIGSEGV;
    words.stack_overflow = true;
    put_frame(FrameKind::last_words, 12345, encode(words));
    put_frame(FrameKind::last_words, 12345, Bytes(3));  // these are none, and take nothing back
}

void flood_with_values(std::uint64_t call) {
    while (true) put_frame(FrameKind::value, call, Bytes(mebibyte));
}

/// Honest, but the answer takes 0.15 s of computing.
void compute(std::uint64_t call) {
    while (std::clock() < CLOCKS_PER_SEC * 15 / 100) {
    }
    reply(call);
}

/// Without end, and without rest.
void compute_for_ever(std::uint64_t) {
    for (volatile int i = 0; true;) i = 1 - i;
}

void half_a_payload(std::uint64_t call) {
    put_header(FrameKind::value, call, 100);
    put("half a", 6);
}

const std::vector<Mode> modes = {
    {"claims_everything", [](auto call) { put_header(FrameKind::value, call, ~std::uint64_t{0}); }, stay},
    {"claims_too_much", [](auto call) { put_header(FrameKind::value, call, 64 * mebibyte + 1); }, stay},
    {"claims_and_stays", [](auto call) { put_header(FrameKind::value, call, 64 * mebibyte); }, stay},
    {"claims_and_leaves", [](auto call) { put_header(FrameKind::value, call, 64 * mebibyte); }, leave},
    {"half_a_header", [](auto) { put("half a", 6); }, leave},
    {"half_a_payload", half_a_payload, leave},
    {"text", [](auto) { put("printed to the wrong descriptor\n", 32); }, stay},
    {"short_text", [](auto) { put("oops\n", 5); }, stay},
    {"unknown_kind", [](auto call) { put_frame(FrameKind{99}, call, {}); }, stay},
    {"kind_zero", [](auto call) { put_frame(FrameKind{0}, call, {}); }, stay},
    {"calls_back", [](auto call) { put_frame(FrameKind::call, call, {}); }, stay},
    {"another_call", [](auto call) { reply(call + 1); }, stay},
    {"two_replies", reply_twice, serve},
    {"computes", compute, serve},
    {"computes_for_ever", compute_for_ever, stay},
    {"reads_and_is_silent", [](auto) {}, stay},
    {"closes", [](auto) { close(channel_descriptor); }, stay},
    {"stops", [](auto) { raise(SIGSTOP); }, stay},
    {"exits", [](auto) { _exit(7); }, leave},
    {"killed", [](auto) { raise(SIGTERM); }, leave},
    {"killed_by_system", [](auto) { raise(SIGKILL); }, leave},
    {"answers_and_leaves", reply, leave},
    {"floods_with_values", flood_with_values, leave},
    {"floods_with_last_words", [](auto) { flood(many_last_words()); }, leave},
    {"floods_with_noise", [](auto) { flood(Bytes(mebibyte, std::byte{0xff})); }, leave},
    {"forges_last_words", forge_last_words, leave},
    {"forges_a_report", [](auto) { put_frame(FrameKind::report, 12345, Bytes(mebibyte, std::byte{'x'})); }, leave},
    {"prints", [](auto) { std::printf("first%s\n", std::string(200'000, 'x').c_str()); }, [] { std::exit(0); }},
    {"drips", drip, leave},
};

/// Those that do not wait for a call.
const std::map<std::string, std::function<void()>> hasty_modes = {
    {"serves", serve},
    {"silent", stay},
    {"speaks_unasked", [] { reply(0), serve(); }},
    {"stops_at_once", [] { raise(SIGSTOP), stay(); }},
    {"exits_at_once", [] { _exit(7); }},
};

}  // namespace

int main(int argc, char** argv) {
    alarm(20);  // whatever happens, no hostile worker stays behind
    const std::string name = argc > 1 ? argv[1] : "";
    if (const auto hasty = hasty_modes.find(name); hasty != hasty_modes.end()) hasty->second();
    for (const Mode& mode : modes) {
        if (mode.name != name) continue;
        mode.act(next_call().first.call);
        mode.then();
    }
    return 2;
}
