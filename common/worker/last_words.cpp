// A worker that dies by a signal says where. The handlers are in place before any initialiser of the
// learner's file runs. What they send is only words for the learner; the verdict is the exit status.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include <unwind.h>

#include <array>
#include <cstdint>

#include "worker/worker.hpp"

extern "C" const char __executable_start;  // NOLINT: the linker's name for the base of the program

namespace qkv::worker {

namespace {

constexpr std::size_t deepest = 48;
/// Where a function ends without a value, one processor has SIGILL and another SIGTRAP. SIGXCPU comes at the limit of
/// processor time, and from the tests when a call takes too long.
constexpr std::array deadly = {SIGSYS, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGXCPU};

struct Stack {
    std::array<std::uint64_t, deepest> addresses;
    std::size_t count = 0;
};

_Unwind_Reason_Code add_frame(_Unwind_Context* context, void* argument) {
    auto& stack = *static_cast<Stack*>(argument);
    int before_instruction = 0;
    auto address = static_cast<std::uint64_t>(_Unwind_GetIPInfo(context, &before_instruction));
    if (address == 0) return _URC_END_OF_STACK;
    // The instruction that a signal interrupted: what came before are the handler's own frames.
    if (before_instruction != 0) stack.count = 0;
    const auto base = reinterpret_cast<std::uint64_t>(&__executable_start);
    stack.addresses[stack.count++] = address - base - (before_instruction != 0 ? 0 : 1);
    return stack.count == deepest ? _URC_END_OF_STACK : _URC_NO_REASON;
}

/// Without allocation: the heap may be broken.
void send_last_words(const LastWords& words, const Stack& stack) {
    std::array<std::byte, 1024> buffer;
    std::size_t size = 0;
    const auto put = [&](auto value) {
        const auto bytes = std::as_bytes(std::span(&value, 1));
        for (const std::byte byte : bytes) buffer[size++] = byte;
    };
    const auto put_integer = [&](std::int64_t value) {
        put(Kind::integer);
        put(value);
    };
    put_integer(words.signal);
    put_integer(words.system_call);
    put_integer(words.stack_overflow ? 1 : 0);
    put(Kind::list);
    put(std::uint64_t{stack.count});
    for (std::size_t i = 0; i < stack.count; ++i) put_integer(static_cast<std::int64_t>(stack.addresses[i]));
    send_frame(FrameKind::last_words, current_call(), std::span(buffer).first(size));
}

bool near(const void* address, std::uint64_t stack_pointer) {
    const auto distance = static_cast<std::int64_t>(reinterpret_cast<std::uint64_t>(address) - stack_pointer);
    return distance > -65536 && distance < 65536;
}

std::uint64_t stack_pointer_of(const void* context) {
    const auto* state = static_cast<const ucontext_t*>(context);
#if defined(__x86_64__)
    return static_cast<std::uint64_t>(state->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
    return state->uc_mcontext.sp;
#else
    (void)state;
    return 0;
#endif
}

void handle(int signal, siginfo_t* info, void* context) {
    LastWords words;
    words.signal = signal;
    if (signal == SIGSYS) words.system_call = info->si_syscall;
    if (signal == SIGSEGV) words.stack_overflow = near(info->si_addr, stack_pointer_of(context));
    // Twice, because the unwinder itself may die of a broken stack: first what is certain.
    send_last_words(words, {});
    Stack stack;
    _Unwind_Backtrace(add_frame, &stack);
    send_last_words(words, stack);
    // The handler was installed to run once: the signal, raised again, ends the process.
    raise(signal);
    _exit(128 + signal);
}

alignas(16) std::array<char, std::size_t{64} * 1024> signal_stack;

}  // namespace

std::vector<std::uint64_t> call_stack() {
    Stack stack;
    _Unwind_Backtrace(add_frame, &stack);
    return {stack.addresses.begin(), stack.addresses.begin() + static_cast<std::ptrdiff_t>(stack.count)};
}

void install_last_words() {
    const stack_t alternate{signal_stack.data(), 0, signal_stack.size()};
    sigaltstack(&alternate, nullptr);
    for (const int signal : deadly) {
        struct sigaction action = {};
        action.sa_sigaction = handle;
        action.sa_flags = static_cast<int>(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
        sigaction(signal, &action, nullptr);
    }
    // Writing too much output is not a crash: the write fails and the program goes on.
    ::signal(SIGXFSZ, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
}

namespace {
[[gnu::section(".preinit_array"), gnu::used]] void (*const before_initialisers)() = install_last_words;
}

}  // namespace qkv::worker
