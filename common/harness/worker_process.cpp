#include "harness/worker_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace qkv::harness {

using record::Complaint;

namespace {

constexpr std::uint64_t largest_reply = 64U << 20;
constexpr std::size_t most_output = 64U << 10;

void check(bool ok, const char* what) {
    if (!ok) throw std::runtime_error(std::string("cannot start the worker: ") + what + ": " + std::strerror(errno));
}

/// Starts argv with an empty environment, nothing to read, its channel and its output.
int spawn(const std::vector<std::string>& argv, int channel, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, output, 2);
    posix_spawn_file_actions_adddup2(&actions, channel, channel_descriptor);
    posix_spawn_file_actions_addclosefrom_np(&actions, channel_descriptor + 1);
    std::vector<char*> arguments;
    for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    std::array<char*, 1> environment = {nullptr};
    pid_t process = -1;
    errno = posix_spawn(&process, arguments[0], &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    check(errno == 0, arguments[0]);
    return process;
}

/// A descriptor above those that the worker's own will take, so that dup2 never closes it too early.
int move_up(int descriptor) {
    const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
    check(moved >= 0, "descriptor");
    close(descriptor);
    return moved;
}

/// The worker below the process that was started: a chain, since workers start nothing.
pid_t innermost(pid_t process) {
    for (int depth = 0; depth < 8; ++depth) {
        const std::string number = std::to_string(process);
        pid_t child = 0;
        if (!(std::ifstream("/proc/" + number + "/task/" + number + "/children") >> child)) break;
        process = child;
    }
    return process;
}

/// What a clock of computing says, in seconds; nothing if its process is gone.
std::optional<double> seconds_of(clockid_t clock) {
    timespec time{};
    if (clock_gettime(clock, &time) != 0) return std::nullopt;
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

WorkerProcess::WorkerProcess(const std::vector<std::string>& argv, bool enclosed, bool confined)
    : enclosed_(enclosed), awaited_(confined) {
    std::array<int, 2> ends{};
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0, "socketpair");
    channel_ = move_up(ends[0]);
    const int theirs = move_up(ends[1]);
    fcntl(channel_, F_SETFL, O_NONBLOCK);
    output_ = memfd_create("output", MFD_CLOEXEC);
    check(output_ >= 0, "memfd_create");
    output_ = move_up(output_);
    process_ = spawn(argv, theirs, output_);
    close(theirs);
}

WorkerProcess::~WorkerProcess() {
    stop();
    close(channel_);
    close(output_);
}

int WorkerProcess::stop() {
    if (!wait_status_) {
        kill(process_, SIGKILL);
        int status = 0;
        while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
        }
        wait_status_ = status;
    }
    return *wait_status_;
}

/// Waits for the byte that confine sends. False if it never comes: what stands before the worker could not start it.
bool WorkerProcess::has_begun() {
    constexpr int most_seconds = 60;  // a busy machine may take long to start a program
    char byte = 0;
    pollfd entry{channel_, POLLIN, 0};
    while (awaited_) {
        if (poll(&entry, 1, most_seconds * 1000) <= 0 && errno != EINTR) return false;
        const ssize_t count = recv(channel_, &byte, 1, 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count <= 0) return false;
        awaited_ = false;
        lessened_ = byte == 2;
    }
    return true;
}

bool WorkerProcess::speaks_unasked() {
    if (!has_begun()) return false;
    pollfd entry{channel_, POLLIN, 0};
    std::byte byte;
    return poll(&entry, 1, 0) > 0 && recv(channel_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

std::string WorkerProcess::take_output() {
    struct stat info {};
    if (fstat(output_, &info) != 0 || info.st_size <= output_read_) return {};
    std::string text(std::min(most_output, static_cast<std::size_t>(info.st_size - output_read_)), '\0');
    const ssize_t count = pread(output_, text.data(), text.size(), output_read_);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    output_read_ = info.st_size;
    return text;
}

pid_t WorkerProcess::worker() const { return enclosed_ ? innermost(process_) : process_; }

/// Whoever computes on a busy machine gets more time, up to the limit of computing; whoever rests does not.
bool WorkerProcess::is_over(Patience& patience) const {
    const auto now = Clock::now();
    if (now < patience.until) return false;
    const pid_t process = worker();
    clockid_t clock{};
    if (clock_getcpuclockid(process, &clock) != 0) return true;
    const auto computed = seconds_of(clock);
    if (!computed) return true;
    const double used = *computed - patience.computed;
    std::string line, state;
    std::getline(std::ifstream("/proc/" + std::to_string(process) + "/stat"), line);
    // Behind its name, which may hold anything: R runs or wants to, D waits for the disk.
    if (const std::size_t at = line.rfind(") "); at != std::string::npos) state = line.substr(at + 2, 1);
    if (used >= patience.limit || (state != "R" && state != "D")) return true;
    patience.starved = now >= patience.end;
    if (patience.starved) return true;
    // A little at a time: who rests in between is found resting.
    const std::chrono::duration<double> more(std::max(0.01, std::min(patience.limit - used, patience.limit / 20)));
    patience.until = std::min(patience.end, now + std::chrono::duration_cast<Clock::duration>(more));
    return false;
}

bool WorkerProcess::wait_for(short events, Patience& patience) const {
    while (true) {
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(patience.until - Clock::now()).count();
        pollfd entry{channel_, events, 0};
        const int ready = poll(&entry, 1, static_cast<int>(std::clamp<long long>(rest, 0, 3'600'000)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
        if (is_over(patience)) return false;
    }
}

Exchange::End WorkerProcess::send(std::span<const std::byte> bytes, Patience& patience) const {
    while (!bytes.empty()) {
        const ssize_t count = ::send(channel_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN && !wait_for(POLLOUT, patience)) return Exchange::End::timed_out;
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count <= 0) return Exchange::End::died;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return Exchange::End::replied;
}

Exchange::End WorkerProcess::receive(std::span<std::byte> bytes, Patience& patience) const {
    const std::size_t all = bytes.size();
    while (!bytes.empty()) {
        if (is_over(patience)) return Exchange::End::timed_out;  // whoever sends without end is, too
        const ssize_t count = recv(channel_, bytes.data(), bytes.size(), 0);
        if (count < 0 && errno == EAGAIN && !wait_for(POLLIN, patience)) return Exchange::End::timed_out;
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        // Death before a frame is a death; within one, somebody sent half a frame.
        if (count <= 0) return bytes.size() == all ? Exchange::End::died : Exchange::End::bad_reply;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return Exchange::End::replied;
}

Exchange WorkerProcess::receive_reply(std::uint64_t call, Patience& patience) {
    Exchange exchange;
    while (true) {
        FrameHeader header;
        exchange.end = receive(std::as_writable_bytes(std::span(&header, 1)), patience);
        if (exchange.end == Exchange::End::bad_reply) exchange.complaint = Complaint::cut_short;
        if (exchange.end != Exchange::End::replied) return exchange;
        exchange.kind = header.kind;
        exchange.end = Exchange::End::bad_reply;
        if (header.magic != frame_magic) {
            exchange.complaint = Complaint::unknown_format;
        } else if (header.kind < FrameKind::value || header.kind > FrameKind::report) {
            exchange.complaint = Complaint::unknown_kind;
        } else if (header.kind < FrameKind::last_words && header.call != call) {
            exchange.complaint = Complaint::other_call;
        } else if (header.size > largest_reply) {
            exchange.complaint = Complaint::too_large;
        }
        if (exchange.complaint != Complaint::none) return exchange;
        // Grown as the bytes arrive: a size that is only claimed costs nothing.
        exchange.payload.clear();
        while (exchange.payload.size() < header.size) {
            const std::size_t begin = exchange.payload.size();
            exchange.payload.resize(std::min<std::size_t>(header.size, begin + (1U << 20)));
            exchange.end = receive(std::span(exchange.payload).subspan(begin), patience);
            if (exchange.end == Exchange::End::died) exchange.end = Exchange::End::bad_reply;
            if (exchange.end == Exchange::End::bad_reply) exchange.complaint = Complaint::cut_short;
            if (exchange.end != Exchange::End::replied) return exchange;
        }
        exchange.end = Exchange::End::replied;
        if (header.kind < FrameKind::last_words) return exchange;
        if (header.kind == FrameKind::report) {
            const auto* text = reinterpret_cast<const char*>(exchange.payload.data());
            exchange.report.assign(text, std::min(exchange.payload.size(), longest_report));
            continue;
        }
        Reader reader{exchange.payload};
        LastWords words;
        walk(words, reader);
        words.addresses.resize(std::min(words.addresses.size(), most_addresses));
        if (reader.complete()) exchange.last_words = words;
    }
}

/// The channel is closed: gives the process a moment to end by its own hand, for its true status.
void WorkerProcess::await_end() {
    for (int tries = 0; tries < 400 && !wait_status_; ++tries) {
        int status = 0;
        if (waitpid(process_, &status, WNOHANG) == process_)
            wait_status_ = status;
        else
            std::this_thread::sleep_for(std::chrono::milliseconds(tries < 20 ? 1 : 5));
    }
}

Exchange WorkerProcess::exchange(std::uint64_t call, const Bytes& request, std::chrono::duration<double> limit) {
    if (!has_begun()) {
        await_end();
        return {.end = Exchange::End::by_machine, .wait_status = stop()};
    }
    constexpr int most_waiting = 10;  // times the limit of computing
    const auto wait = std::chrono::duration_cast<Clock::duration>(limit);
    Patience patience{Clock::now() + wait, Clock::now() + most_waiting * wait,
                      clock_ ? seconds_of(*clock_).value_or(0) : 0, limit.count(), false};
    const FrameHeader header{frame_magic, FrameKind::call, call, request.size()};
    const auto head = std::as_bytes(std::span(&header, 1));
    Bytes frame(head.begin(), head.end());  // both at once: a worker that waits wakes up once
    frame.insert(frame.end(), request.begin(), request.end());
    Exchange result;
    result.end = send(frame, patience);
    // A worker that died while it was being asked may have said why.
    if (result.end != Exchange::End::timed_out) result = receive_reply(call, patience);
    if (result.end == Exchange::End::timed_out && patience.starved) {
        result.end = Exchange::End::by_machine;
        result.starved = true;
        return result;
    }
    if (clockid_t clock{};
        !clock_ && result.end == Exchange::End::replied && clock_getcpuclockid(worker(), &clock) == 0)
        clock_ = clock;
    if (result.end == Exchange::End::died) {
        await_end();
        if (!wait_status_) {
            result.end = Exchange::End::bad_reply;
            result.complaint = Complaint::closed;
            stop();
        }
        result.wait_status = *wait_status_;
        // As waitpid would tell it, had it waited for the worker itself: a signal is a status of its own number.
        if (enclosed_ && WIFEXITED(result.wait_status) && WEXITSTATUS(result.wait_status) > 128)
            result.wait_status = WEXITSTATUS(result.wait_status) - 128;
        // Who may use SIGKILL is the system, for want of memory or at the very end of the limit of computing.
        const bool killed = WIFSIGNALED(result.wait_status) && WTERMSIG(result.wait_status) == SIGKILL;
        if (result.end == Exchange::End::died && killed) result.end = Exchange::End::by_machine;
    }
    const bool out_of_memory = result.end == Exchange::End::replied && result.kind == FrameKind::out_of_memory;
    if (lessened_ && (out_of_memory || result.end == Exchange::End::died)) {
        result.end = Exchange::End::by_machine;
        result.lessened = true;
    }
    return result;
}

LastWords WorkerProcess::tell_to_end() {
    if (wait_status_) return {};
    kill(worker(), SIGXCPU);
    const auto moment = Clock::now() + std::chrono::milliseconds(200);
    Patience briefly{.until = moment, .end = moment};
    return receive_reply(0, briefly).last_words;
}

}  // namespace qkv::harness
