// The filter of system calls, compiled for each processor and run here as the kernel runs it.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "walls/filter.hpp"

namespace {

using Program = std::vector<sock_filter>;

constexpr int process = 4711;
constexpr qkv::grader::Start start{0xabcd'0000'0000'0004, 0x1234'0000'0000'1000};

/// Everything that the kernel has of its language and libseccomp uses.
std::uint32_t answer(const Program& program, const seccomp_data& data) {
    std::uint32_t word = 0;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const sock_filter& step = program[at];
        const auto jump = [&](bool taken) { at += taken ? step.jt : step.jf; };
        switch (step.code) {
            case BPF_LD | BPF_W | BPF_ABS:
                word = reinterpret_cast<const std::uint32_t*>(&data)[step.k / 4];
                break;
            case BPF_ALU | BPF_AND | BPF_K:
                word &= step.k;
                break;
            case BPF_JMP | BPF_JA:
                at += step.k;
                break;
            case BPF_JMP | BPF_JEQ | BPF_K:
                jump(word == step.k);
                break;
            case BPF_JMP | BPF_JGT | BPF_K:
                jump(word > step.k);
                break;
            case BPF_JMP | BPF_JGE | BPF_K:
                jump(word >= step.k);
                break;
            case BPF_RET | BPF_K:
                return step.k;
            default:
                FAIL("an unknown step of the filter: " << step.code);
        }
    }
    FAIL("the filter does not end");
    return 0;
}

Program compiled_for(std::uint32_t processor) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    if (processor != seccomp_arch_native()) {
        REQUIRE(seccomp_arch_add(filter, processor) == 0);
        REQUIRE(seccomp_arch_remove(filter, SCMP_ARCH_NATIVE) == 0);
    }
    REQUIRE(qkv::grader::add_rules(filter, start, process));
    const int file = memfd_create("filter", MFD_CLOEXEC);
    REQUIRE(seccomp_export_bpf(filter, file) == 0);
    seccomp_release(filter);
    Program program(static_cast<std::size_t>(lseek(file, 0, SEEK_END)) / sizeof(sock_filter));
    REQUIRE(pread(file, program.data(), program.size() * sizeof(sock_filter), 0) > 0);
    close(file);
    return program;
}

struct Kernel {
    std::uint32_t processor;
    Program program;

    explicit Kernel(std::uint32_t its_processor) : processor(its_processor), program(compiled_for(its_processor)) {}

    std::uint32_t operator()(const std::string& name, const std::vector<std::uint64_t>& arguments = {}) const {
        seccomp_data data{};
        data.nr = seccomp_syscall_resolve_name_arch(processor, name.c_str());
        data.arch = processor;
        std::ranges::copy(arguments, data.args);
        INFO(name << " is call " << data.nr);
        REQUIRE(data.nr >= 0);
        return answer(program, data);
    }
};

}  // namespace

TEST_CASE("on every processor a worker may compute, print and die, and nothing else") {
    for (const std::uint32_t processor : {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64}) {
        INFO("processor " << std::hex << processor);
        const Kernel ask(processor);
        for (const char* name : {"read",
                                 "write",
                                 "writev",
                                 "exit",
                                 "exit_group",
                                 "brk",
                                 "munmap",
                                 "mremap",
                                 "futex",
                                 "set_tid_address",
                                 "set_robust_list",
                                 "rseq",
                                 "rt_sigaction",
                                 "rt_sigprocmask",
                                 "rt_sigreturn",
                                 "sigaltstack",
                                 "getrandom",
                                 "clock_gettime",
                                 "gettimeofday",
                                 "getpid",
                                 "gettid",
                                 "fstat",
                                 "lseek",
                                 "sched_yield",
                                 "clock_nanosleep",
                                 "uname"})
            CHECK(ask(name) == SECCOMP_RET_ALLOW);
        for (const char* name : {"openat",          "openat2",    "clone",       "clone3",         "execve",
                                 "socket",          "connect",    "sendmsg",     "ptrace",         "kill",
                                 "tkill",           "prctl",      "seccomp",     "io_uring_setup", "unlinkat",
                                 "mkdirat",         "linkat",     "renameat2",   "mount",          "bpf",
                                 "perf_event_open", "setpgid",    "pidfd_getfd", "memfd_create",   "process_vm_readv",
                                 "shmget",          "dup3",       "close",       "fcntl",          "pipe2",
                                 "statx",           "getdents64", "reboot",      "keyctl",         "userfaultfd"})
            CHECK(ask(name) == SECCOMP_RET_TRAP);
        CHECK(ask("readlinkat") == (SECCOMP_RET_ERRNO | ENOENT));
        CHECK(ask("newfstatat") == (SECCOMP_RET_ERRNO | ENOENT));
        CHECK(ask("ioctl") == (SECCOMP_RET_ERRNO | ENOTTY));
    }
}

TEST_CASE("arguments decide on every processor") {
    for (const std::uint32_t processor : {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64}) {
        INFO("processor " << std::hex << processor);
        const Kernel ask(processor);
        for (const char* name : {"mmap", "mprotect"}) {
            CHECK(ask(name, {0, 4096, PROT_READ | PROT_WRITE}) == SECCOMP_RET_ALLOW);
            CHECK(ask(name, {0, 4096, PROT_READ | PROT_EXEC}) == SECCOMP_RET_TRAP);
        }
        for (const char* name : {"clock_gettime", "clock_getres", "clock_nanosleep"}) {
            CHECK(ask(name, {CLOCK_MONOTONIC}) == SECCOMP_RET_ALLOW);
            CHECK(ask(name, {CLOCK_PROCESS_CPUTIME_ID}) == SECCOMP_RET_ALLOW);
            // Of process 1, with and without the sign in the upper half.
            CHECK(ask(name, {static_cast<std::uint64_t>(-14)}) == SECCOMP_RET_TRAP);
            CHECK(ask(name, {static_cast<std::uint32_t>(-14)}) == SECCOMP_RET_TRAP);
        }
        CHECK(ask("madvise", {0, 4096, MADV_DONTNEED}) == SECCOMP_RET_ALLOW);
        CHECK(ask("madvise", {0, 4096, 100}) == SECCOMP_RET_TRAP);
        CHECK(ask("prlimit64", {0, 3, 0, 1}) == SECCOMP_RET_ALLOW);
        CHECK(ask("prlimit64", {0, 3, 1, 0}) == SECCOMP_RET_TRAP);
        CHECK(ask("tgkill", {process, 1, SIGABRT}) == SECCOMP_RET_ALLOW);
        CHECK(ask("tgkill", {process, 1, SIGKILL}) == SECCOMP_RET_TRAP);
        CHECK(ask("tgkill", {process + 1, 1, SIGABRT}) == SECCOMP_RET_TRAP);
        CHECK(ask("execveat", {start.descriptor, 0, 0, 0, start.flags}) == SECCOMP_RET_ALLOW);
        CHECK(ask("execveat", {4, 0, 0, 0, 0x1000}) == SECCOMP_RET_TRAP);
    }
}

TEST_CASE("calls by another processor's numbers are not let through") {
    const Program program = compiled_for(SCMP_ARCH_AARCH64);
    seccomp_data write{};
    write.nr = seccomp_syscall_resolve_name_arch(SCMP_ARCH_AARCH64, "write");
    for (const std::uint32_t other : std::vector<std::uint32_t>{SCMP_ARCH_X86_64, SCMP_ARCH_ARM, SCMP_ARCH_X86}) {
        write.arch = other;
        CHECK(answer(program, write) != SECCOMP_RET_ALLOW);
    }
}

TEST_CASE("what only x86 has is refused there as elsewhere") {
    const Kernel ask(SCMP_ARCH_X86_64);
    for (const char* name : {"open", "fork", "vfork", "stat", "creat", "mkdir", "unlink", "rename", "dup2", "poll"})
        CHECK(ask(name) == SECCOMP_RET_TRAP);
    for (const char* name : {"arch_prctl", "time"}) CHECK(ask(name) == SECCOMP_RET_ALLOW);
    CHECK(ask("readlink") == (SECCOMP_RET_ERRNO | ENOENT));
    seccomp_data data{};
    data.arch = SCMP_ARCH_X86_64;
    data.nr = 0x40000000 | seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, "write");  // of x32
    CHECK(answer(ask.program, data) != SECCOMP_RET_ALLOW);
}
