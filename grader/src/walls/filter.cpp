#include "walls/filter.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

namespace qkv::grader {

namespace {

/// Whatever the arguments. A processor that has no such call (arch_prctl and time are of x86) leaves it out.
constexpr std::array always = {
    SCMP_SYS(read),        SCMP_SYS(write),        SCMP_SYS(writev),          SCMP_SYS(exit),
    SCMP_SYS(exit_group),  SCMP_SYS(brk),          SCMP_SYS(munmap),          SCMP_SYS(mremap),
    SCMP_SYS(arch_prctl),  SCMP_SYS(futex),        SCMP_SYS(set_tid_address), SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),        SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),  SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(getrandom),    SCMP_SYS(gettimeofday),    SCMP_SYS(time),
    SCMP_SYS(getpid),      SCMP_SYS(gettid),       SCMP_SYS(fstat),           SCMP_SYS(lseek),
    SCMP_SYS(sched_yield), SCMP_SYS(nanosleep),    SCMP_SYS(restart_syscall), SCMP_SYS(uname),
};

struct Refusal {
    int call, error;
};

/// Honest programs ask these at start and go on when told no.
constexpr Refusal gentle[] = {{SCMP_SYS(ioctl), ENOTTY},
                              {SCMP_SYS(readlink), ENOENT},
                              {SCMP_SYS(readlinkat), ENOENT},
                              {SCMP_SYS(newfstatat), ENOENT}};

struct Condition {
    int call;
    std::vector<scmp_arg_cmp> arguments;
};

scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }

scmp_arg_cmp lacks_bits(unsigned argument, scmp_datum_t bits) { return {argument, SCMP_CMP_MASKED_EQ, bits, 0}; }

std::vector<Condition> conditions(const Start& start, pid_t process) {
    std::vector<Condition> list = {
        // Memory may be writable or executable, never made executable by the worker.
        {SCMP_SYS(mmap), {lacks_bits(2, PROT_EXEC)}},
        {SCMP_SYS(mprotect), {lacks_bits(2, PROT_EXEC)}},
        // Advice about its own memory; that from 100 on is about the machine's, for root.
        {SCMP_SYS(madvise), {{2, SCMP_CMP_LT, 64, 0}}},
        // The machine's clocks and its own; a negative number would be another process's.
        {SCMP_SYS(clock_gettime), {lacks_bits(0, ~scmp_datum_t{15})}},
        {SCMP_SYS(clock_getres), {lacks_bits(0, ~scmp_datum_t{15})}},
        {SCMP_SYS(clock_nanosleep), {lacks_bits(0, ~scmp_datum_t{15})}},
        // The C library asks for its own stack limit; setting one is refused.
        {SCMP_SYS(prlimit64), {equals(0, 0), equals(2, 0)}},
        {SCMP_SYS(execveat), {equals(0, start.descriptor), equals(4, start.flags)}},
    };
    // abort() raises a signal in its own process; no other can be reached. Never SIGKILL: whoever dies of that was
    // killed by the system.
    for (scmp_datum_t signal = 0; signal < 32; ++signal) {
        if (signal != SIGKILL)
            list.push_back({SCMP_SYS(tgkill), {equals(0, static_cast<scmp_datum_t>(process)), equals(2, signal)}});
    }
    return list;
}

}  // namespace

bool add_rules(scmp_filter_ctx filter, const Start& start, pid_t process) {
    const auto list = conditions(start, process);
    return std::ranges::all_of(always,
                               [&](int call) { return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0; }) &&
           std::ranges::all_of(list,
                               [&](const Condition& rule) {
                                   return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule.call,
                                                                 static_cast<unsigned>(rule.arguments.size()),
                                                                 rule.arguments.data()) == 0;
                               }) &&
           std::ranges::all_of(gentle, [&](const Refusal& refusal) {
               const auto error = SCMP_ACT_ERRNO(static_cast<unsigned>(refusal.error));
               return seccomp_rule_add(filter, error, refusal.call, 0) == 0;
           });
}

}  // namespace qkv::grader
