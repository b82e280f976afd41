// Only in workers of --sanitize: what ASan and UBSan shall do, and the way of their reports to the tests. A
// report goes to a memory file instead of standard error, among what the learner prints, and as one frame to
// the channel when the worker ends. Only words: the verdict is that the worker died.
#include <sanitizer/common_interface_defs.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "worker/worker.hpp"

namespace qkv::worker {

namespace {

int report_descriptor = -1;

void send_report() {
    static std::array<std::byte, longest_report> report;
    const ssize_t size = pread(report_descriptor, report.data(), report.size(), 0);
    if (size > 0)
        send_frame(FrameKind::report, current_call(), std::span(report).first(static_cast<std::size_t>(size)));
}

/// Before all initialisers of the learner's file, after those of the sanitizers themselves.
[[gnu::constructor(101)]] void direct_reports() {
    report_descriptor = memfd_create("report", MFD_CLOEXEC);
    if (report_descriptor < 0) return;  // then a report stands among what the learner's code printed
    // Its interface takes a number as a pointer. NOLINTNEXTLINE(performance-no-int-to-ptr)
    __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(report_descriptor)));
    __sanitizer_set_death_callback(send_report);
}

}  // namespace

/// In place of libstdc++'s own, which only prints and aborts: the condition, and where it was.
[[noreturn]] void library_assertion_failed(const char* file, int line, const char* function,
                                           const char* condition) noexcept
    __asm__("_ZSt21__glibcxx_assert_failPKciS0_S0_");

void library_assertion_failed(const char*, int, const char*, const char* condition) noexcept {
    dprintf(report_descriptor, "==ERROR: libstdc++: assertion-failed %.300s\n", condition);
    __sanitizer_print_stack_trace();
    send_report();
    _exit(EXIT_FAILURE);
}

}  // namespace qkv::worker

// The driver finds the lines itself (addr2line comes with the kit, llvm-symbolizer need not). A kind of signal
// that is set to 2 stays ASan's whatever handler stands already. Memory that nobody wrote reads as in other
// workers. With no limit of address space, one of the memory that is used.
extern "C" const char* __asan_default_options() {  // NOLINT: ASan's name
    return "symbolize=0:detect_leaks=0:detect_stack_use_after_return=1:exitcode=1:"
           "handle_segv=2:handle_sigbus=2:handle_sigfpe=2:handle_sigill=2:"
           "malloc_fill_byte=127:max_malloc_fill_size=1073741824:"
           "allocator_may_return_null=1:hard_rss_limit_mb=2048";
}

extern "C" const char* __ubsan_default_options() { return "print_stacktrace=1"; }  // NOLINT: UBSan's name
