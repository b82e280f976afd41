// A worker that breaks the protocol in the way its argument names; started by worker_process_tests.cpp.
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "remote/codec.hpp"
#include "remote/frame.hpp"

namespace {

using namespace qkv;

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
[[noreturn]] void echo() {
    while (true) {
        const auto [header, payload] = next_call();
        put_frame(FrameKind::value, header.call, payload);
    }
}

const std::map<std::string, std::function<void()>>& modes() {
    static const std::map<std::string, std::function<void()>> all = {
        {"echo", [] { echo(); }},
        {"claims_everything", [] { put_header(FrameKind::value, next_call().first.call, ~std::uint64_t{0}); stay(); }},
        {"claims_too_much", [] { put_header(FrameKind::value, next_call().first.call, 64 * mebibyte + 1); stay(); }},
        {"claims_and_stays", [] { put_header(FrameKind::value, next_call().first.call, 64 * mebibyte); stay(); }},
        {"claims_and_exits", [] { put_header(FrameKind::value, next_call().first.call, 64 * mebibyte); }},
        {"half_a_header", [] { next_call(); put("half a", 6); }},
        {"half_a_payload", [] { put_header(FrameKind::value, next_call().first.call, 100); put("half a", 6); }},
        {"text", [] { next_call(); put("printed to the wrong descriptor\n", 32); stay(); }},
        {"short_text", [] { next_call(); put("oops\n", 5); stay(); }},
        {"unknown_kind", [] { put_frame(FrameKind{99}, next_call().first.call, {}); stay(); }},
        {"kind_zero", [] { put_frame(FrameKind{0}, next_call().first.call, {}); stay(); }},
        {"calls_back", [] { put_frame(FrameKind::call, next_call().first.call, {}); stay(); }},
        {"another_call", [] { put_frame(FrameKind::value, next_call().first.call + 1, {}); stay(); }},
        {"two_replies", [] {
             const auto [header, payload] = next_call();
             put_frame(FrameKind::value, header.call, payload);
             put_frame(FrameKind::value, header.call, payload);
             echo();
         }},
        {"unasked", [] { put_frame(FrameKind::value, 0, {}); echo(); }},
        {"silent", [] { stay(); }},
        {"reads_and_is_silent", [] { next_call(); stay(); }},
        {"closes", [] { next_call(); close(channel_descriptor); stay(); }},
        {"stops", [] { next_call(); raise(SIGSTOP); stay(); }},
        {"stops_at_once", [] { raise(SIGSTOP); stay(); }},
        {"exits", [] { next_call(); _exit(7); }},
        {"exits_at_once", [] { _exit(7); }},
        {"killed", [] { next_call(); raise(SIGKILL); }},
        {"answers_and_exits", [] { const auto [header, payload] = next_call(); put_frame(FrameKind::value, header.call, payload); }},
        {"floods_with_values", [] { const auto call = next_call().first.call; while (true) put_frame(FrameKind::value, call, Bytes(mebibyte)); }},
        {"floods_with_last_words", [] { next_call(); flood(many_last_words()); }},
        {"floods_with_noise", [] { next_call(); flood(Bytes(mebibyte, std::byte{0xff})); }},
        {"forges_last_words", [] {
             next_call();
             LastWords words;
             words.signal = SIGSEGV;
             words.stack_overflow = true;
             put_frame(FrameKind::last_words, 12345, encode(words));
             put_frame(FrameKind::last_words, 12345, Bytes(3));  // no LastWords; those before stay
             _exit(0);
         }},
        {"prints", [] { std::printf("first"); std::fflush(stdout); next_call(); std::puts(std::string(200'000, 'x').c_str()); }},
        {"drips", [] {
             put_header(FrameKind::value, next_call().first.call, mebibyte);
             while (true) {
                 put("x", 1);
                 usleep(1000);
             }
         }},
    };
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    alarm(20);  // whatever happens, no hostile worker stays behind
    const auto mode = modes().find(argc > 1 ? argv[1] : "");
    if (mode == modes().end()) return 2;
    mode->second();
}
