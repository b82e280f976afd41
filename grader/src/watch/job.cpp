#include "watch/job.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

namespace qkv::grader {

static Pipe open_polled_pipe() {
    const Pipe pipe = open_pipe();
    fcntl(pipe.read, F_SETFL, O_NONBLOCK);
    return pipe;
}

[[noreturn]] static void become(const std::function<int(int)>& work, Language language, int output, int events,
                                pid_t parent) {
    setsid();  // Ctrl-C is the parent's; and all that it starts is known by the session
    settle_child(parent, output);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    int status = kit_fault;
    try {
        status = work(events);
    } catch (const Failure& failure) {
        std::printf("%s\n", failure.words.in(language).c_str());
        status = failure.status;
    } catch (const std::exception& error) {
        std::printf("a fault of the kit itself: %s\n", clean(error.what(), 600).c_str());
    }
    std::fflush(stdout);
    _exit(status);
}

Job start_job(Language language, const std::function<int(int events)>& work) {
    const Pipe output = open_polled_pipe();
    const Pipe events = open_polled_pipe();
    const pid_t parent = getpid();
    std::fflush(stdout);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t process = fork();
    if (process < 0) throw Failure(kit_fault, std::string("fork: ") + std::strerror(errno));
    if (process == 0) become(work, language, output.write, events.write, parent);
    close(output.write);
    close(events.write);
    Job job;
    job.process = process;
    job.output = output.read;
    job.events = events.read;
    return job;
}

/// False once the other end is closed.
static bool read_available(int descriptor, std::string& text) {
    std::array<char, 4096> buffer{};
    while (true) {
        const ssize_t count = read(descriptor, buffer.data(), buffer.size());
        if (count > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(count));
        } else if (count == 0) {
            return false;
        } else if (errno != EINTR) {
            return errno == EAGAIN;
        }
    }
}

static void wait_for(pid_t process, int* status = nullptr) {
    while (waitpid(process, status, 0) < 0 && errno == EINTR) {
    }
}

/// Kills what the job has left behind: orphans come to us, and keep its session.
static void sweep(pid_t session) {
    for (bool found = true; found;) {
        found = false;
        std::ifstream children(fmt::format("/proc/self/task/{}/children", getpid()));
        for (pid_t child = 0; children >> child;) {
            if (getsid(child) != session) continue;
            kill(child, SIGKILL);
            wait_for(child);
            found = true;
        }
    }
}

static void close_job(Job& job) {
    sweep(job.process);
    close(job.output);
    close(job.events);
    job.process = -1;
    job.output = job.events = -1;
}

bool attend(Job& job, const std::function<void(const std::string&)>& on_event, int& status) {
    const bool more_output = read_available(job.output, job.said);
    const bool more_events = read_available(job.events, job.rest);
    take_lines(job.rest, on_event);
    if (more_output || more_events) return false;
    int ended = 0;
    wait_for(job.process, &ended);
    status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    close_job(job);
    return true;
}

void give_up(Job& job) {
    if (!job.running()) return;
    kill(job.process, SIGKILL);
    wait_for(job.process);
    close_job(job);
}

}  // namespace qkv::grader
