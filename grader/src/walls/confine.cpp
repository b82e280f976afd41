// confine: starts a worker that can compute, answer on its channel, print, and nothing else.
//
//   confine [--enclosed | --unfiltered] MEMORY_BYTES CPU_SECONDS OUTPUT_BYTES WORKER [ARGUMENT...]
//
// --enclosed: other processes stand between this one and the one that waits for it, so it stays, waits for
// the worker, and tells its end as a shell does: 128 + signal, or its status, 126 at most.
//
// --unfiltered: only for one's own files with sanitizers in them, which need many calls and terabytes of
// address space: no system-call filter, no memory limit (MEMORY_BYTES is not read). What is left: the other
// limits, and that the worker dies with whoever waits for it.
//
// Needs no privileges and no namespaces, so it works inside other sandboxes. Resource limits, no new
// privileges, a seccomp allow-list; then execveat on the worker's open descriptor, which closes itself.
// A refused system call raises SIGSYS in the worker: its death by that signal is the verdict.
// Writes one byte to the channel when all that is done: 1, or 2 if whoever started this may use less memory, stack,
// time or output than it was to allow. Exit status 120 when the confinement cannot be set up.
#include <fcntl.h>
#include <seccomp.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/memory.hpp"
#include "walls/filter.hpp"

using qkv::grader::add_rules;
using qkv::grader::has_memory;
using qkv::grader::Start;

namespace {

constexpr int channel_descriptor = 3;
constexpr int worker_descriptor = 4;

[[noreturn]] void give_up(const char* what) {
    std::fprintf(stderr, "confine: %s: %s\n", what, std::strerror(errno));
    std::exit(120);
}

/// True if an outer limit is lower: what the worker dies of may then not be its own doing. `most`: what may still be
/// reached by whoever ignores the first.
bool limit(decltype(RLIMIT_AS) resource, rlim_t value, rlim_t most, const char* name) {
    rlimit now{};
    getrlimit(resource, &now);
    // An outer limit may be lower already; ours only ever lowers.
    const rlimit wanted{std::min(value, now.rlim_max), std::min(most, now.rlim_max)};
    if (setrlimit(resource, &wanted) != 0) give_up(name);
    return now.rlim_max < value;
}

bool limit(decltype(RLIMIT_AS) resource, rlim_t value, const char* name) { return limit(resource, value, value, name); }

/// True if an outer limit is lower than one that a worker may miss.
bool set_limits(rlim_t cpu_seconds, rlim_t output) {
    limit(RLIMIT_CORE, 1, "core limit");  // 0 would still start a collector of cores; 1 stops both
    bool lessened = limit(RLIMIT_FSIZE, output, "output limit");
    lessened |= limit(RLIMIT_STACK, 8U << 20, "stack limit");
    lessened |= limit(RLIMIT_NOFILE, 8, "descriptor limit");
    // Whoever ignores SIGXCPU is ended by the limits of calls and exercises: SIGKILL is the system's alone.
    lessened |= limit(RLIMIT_CPU, cpu_seconds, 4 * cpu_seconds + 60, "time limit");
    return lessened;
}

Start random_start() {
    std::array<std::uint32_t, 2> secret{};
    if (getrandom(secret.data(), sizeof secret, 0) != static_cast<ssize_t>(sizeof secret)) give_up("getrandom");
    return {(std::uint64_t{secret[0]} << 32) | worker_descriptor, (std::uint64_t{secret[1]} << 32) | AT_EMPTY_PATH};
}

void load_filter(const Start& start) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    if (filter == nullptr) give_up("seccomp");
    if (!add_rules(filter, start, getpid())) give_up("allow-list");
    if (seccomp_load(filter) != 0) give_up("seccomp");
}

/// Returns in the child. The parent waits and ends with what became of it.
void stay_and_tell() {
    const pid_t worker = fork();
    if (worker < 0) give_up("fork");
    if (worker == 0) return;
    close(channel_descriptor);  // else nobody would notice that the worker is gone
    int status = 0;
    while (waitpid(worker, &status, 0) < 0 && errno == EINTR) {
    }
    constexpr int most = 126;
    _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : std::min(WEXITSTATUS(status), most));
}

rlim_t number(const char* text) {
    char* end = nullptr;
    const rlim_t value = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0') {
        errno = EINVAL;
        give_up(text);
    }
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    const bool enclosed = argc > 1 && std::strcmp(argv[1], "--enclosed") == 0;
    const bool unfiltered = argc > 1 && std::strcmp(argv[1], "--unfiltered") == 0;
    argc -= enclosed || unfiltered ? 1 : 0;
    argv += enclosed || unfiltered ? 1 : 0;
    if (argc < 5) {
        errno = EINVAL;
        give_up(
            "usage: confine [--enclosed | --unfiltered] MEMORY_BYTES CPU_SECONDS OUTPUT_BYTES WORKER [ARGUMENT...]");
    }
    if (enclosed) stay_and_tell();
    const int worker = open(argv[4], O_RDONLY | O_CLOEXEC);
    if (worker < 0) give_up(argv[4]);
    if (worker != worker_descriptor) {
        if (dup3(worker, worker_descriptor, O_CLOEXEC) < 0) give_up("descriptor");
        close(worker);
    }
    // When the tests die, so does the worker.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up("death signal");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up("no new privileges");
    bool lessened = set_limits(number(argv[2]), number(argv[3]));
    const Start start = random_start();
    if (unfiltered) {
        // Where addresses are very random, shadow memory may find its place taken. If this is refused: good luck.
        personality(ADDR_NO_RANDOMIZE);
    } else {
        lessened |= !has_memory(number(argv[1]));
        lessened |= limit(RLIMIT_AS, number(argv[1]), "memory limit");
        load_filter(start);
    }
    // From here on what happens is the worker's doing; nothing before was.
    const char begun = lessened ? 2 : 1;
    if (write(channel_descriptor, &begun, 1) != 1) give_up("channel");
    std::array<char*, 1> environment = {nullptr};
    syscall(SYS_execveat, start.descriptor, "", argv + 4, environment.data(), start.flags);
    give_up("execveat");
}
