#include "base/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/text.hpp"

namespace qkv::grader {

namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::string> environment_of(const Command& command) {
    std::vector<std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view variable = *entry;
        if (!command.environment.contains(std::string(variable.substr(0, variable.find('='))))) {
            variables.emplace_back(variable);
        }
    }
    for (const auto& [name, value] : command.environment) variables.push_back(name + "=" + value);
    return variables;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

/// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(const Command& command, char** arguments, char** environment, int output, int lines,
                         pid_t parent) {
    setpgid(0, 0);
    settle_child(parent, output);
    if (lines >= 0) {
        // dup2 onto itself would keep close-on-exec.
        if (lines == line_descriptor)
            fcntl(lines, F_SETFD, 0);
        else
            dup2(lines, line_descriptor);
    }
    // Root could raise what the shell allows.
    const auto limit = [](__rlimit_resource_t what, rlim_t most) {
        rlimit both{};
        getrlimit(what, &both);
        both = {std::min(most, both.rlim_max), std::min(most, both.rlim_max)};
        setrlimit(what, &both);
    };
    if (command.memory != 0) limit(RLIMIT_AS, command.memory);
    if (command.file != 0) limit(RLIMIT_FSIZE, command.file);
    limit(RLIMIT_CORE, 0);
    if (!command.folder.empty() && chdir(command.folder.c_str()) != 0) _exit(127);
    execve(arguments[0], arguments, environment);
    _exit(127);
}

using Listener = std::function<void(std::string_view bytes)>;

/// Reads both pipes until they close, or until the deadline. False if time ran out. The deadline is moved by the time
/// in which this process was stopped (Ctrl-Z) or frozen with its container.
bool read_until_closed(const std::array<int, 2>& pipes, const std::array<Listener, 2>& listeners,
                       Clock::time_point& deadline) {
    constexpr auto longest_wait = std::chrono::seconds(1), busy = std::chrono::seconds(2);
    std::array<pollfd, 2> entries = {pollfd{pipes[0], POLLIN, 0}, pollfd{pipes[1], POLLIN, 0}};
    std::vector<char> buffer(1U << 16);
    for (auto last = Clock::now(); entries[0].fd >= 0 || entries[1].fd >= 0;) {
        const auto now = Clock::now();
        if (now - last > longest_wait + busy) deadline += now - last;
        last = now;
        const auto rest =
            std::chrono::ceil<std::chrono::milliseconds>(std::min<Clock::duration>(deadline - now, longest_wait));
        if (rest.count() <= 0) return false;
        if (poll(entries.data(), entries.size(), static_cast<int>(rest.count())) < 0) continue;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (entries[i].revents == 0) continue;
            const ssize_t count = read(entries[i].fd, buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0)
                entries[i].fd = -1;
            else
                listeners[i]({buffer.data(), static_cast<std::size_t>(count)});
        }
    }
    return true;
}

/// Waits without end: the group is dead or its pipes are closed.
int wait_for_end(pid_t process, Clock::time_point deadline, bool& timed_out) {
    int status = 0;
    while (true) {
        const pid_t ended = waitpid(process, &status, timed_out ? 0 : WNOHANG);
        if (ended == process) return status;
        if (ended < 0 && errno != EINTR) return status;
        if (!timed_out && Clock::now() >= deadline) {
            timed_out = true;
            kill(-process, SIGKILL);
        }
        if (!timed_out) usleep(500);
    }
}

}  // namespace

Pipe open_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure(kit_fault, std::string("pipe: ") + std::strerror(errno));
    return {ends[0], ends[1]};
}

void settle_child(pid_t parent, int output) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    signal(SIGXFSZ, SIG_DFL);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
}

void take_lines(std::string& text, const std::function<void(const std::string&)>& on_line) {
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
        on_line(text.substr(begin, end - begin));
    text.erase(0, begin);
}

Ended run(const Command& command) {
    Ended ended;
    const auto began = Clock::now();
    auto deadline = began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(command.seconds));
    const auto variables = environment_of(command);
    const auto arguments = pointers(command.arguments);
    const auto environment = pointers(variables);
    const Pipe output = open_pipe();
    const auto close_all = [](std::initializer_list<int> descriptors) {
        for (const int descriptor : descriptors) close(descriptor);
    };
    Pipe lines;
    try {
        if (command.on_line) lines = open_pipe();
    } catch (const Failure&) {
        close_all({output.read, output.write});
        throw;
    }
    const pid_t parent = getpid();
    const pid_t process = fork();
    if (process < 0) {
        const int error = errno;
        close_all({output.read, output.write, lines.read, lines.write});
        throw Failure(kit_fault, std::string("fork: ") + std::strerror(error));
    }
    if (process == 0)
        become(command, const_cast<char**>(arguments.data()), const_cast<char**>(environment.data()), output.write,
               lines.write, parent);
    setpgid(process, process);
    close(output.write);
    close(lines.write);

    std::string pending;  // of a line that is not whole yet
    const auto take_output = [&](std::string_view bytes) {
        if (command.on_output) command.on_output(bytes);
        const std::size_t room = command.longest_output - ended.output.size();
        ended.output += bytes.substr(0, std::min(room, bytes.size()));
    };
    const auto take_report = [&](std::string_view bytes) {
        pending += bytes;
        take_lines(pending, command.on_line);
    };
    try {
        ended.timed_out = !read_until_closed({output.read, lines.read}, {take_output, take_report}, deadline);
    } catch (...) {  // whoever takes the lines may refuse them
        kill(-process, SIGKILL);
        waitpid(process, nullptr, 0);
        close(output.read);
        close(lines.read);
        throw;
    }
    if (ended.timed_out) kill(-process, SIGKILL);
    const int status = wait_for_end(process, deadline, ended.timed_out);
    kill(-process, SIGKILL);  // whoever of the group is left
    close(output.read);
    close(lines.read);
    ended.seconds = std::chrono::duration<double>(Clock::now() - began).count();
    if (WIFSIGNALED(status))
        ended.signal = WTERMSIG(status);
    else
        ended.exit_code = WEXITSTATUS(status);
    if (ended.exit_code == 127 && ended.output.empty())
        throw Failure(kit_fault, command.arguments[0] + ": this program cannot be started");
    return ended;
}

void run_instead(const Command& command) {
    const auto variables = environment_of(command);
    if (command.folder.empty() || chdir(command.folder.c_str()) == 0)
        execve(command.arguments[0].c_str(), pointers(command.arguments).data(), pointers(variables).data());
    throw Failure(wrong_usage, said({"{}: cannot be started", "{}：启动不了"}, command.arguments[0]));
}

bool leave_running(const std::vector<std::string>& arguments, double seconds) {
    const auto words = pointers(arguments);
    const pid_t process = fork();
    if (process < 0) throw Failure(kit_fault, std::string("fork: ") + std::strerror(errno));
    if (process == 0) {
        setsid();
        signal(SIGXFSZ, SIG_DFL);
        const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, stream);
        execv(words[0], words.data());
        _exit(127);
    }
    const auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(process, &status, WNOHANG)) == 0 && Clock::now() < deadline) usleep(10'000);
    return ended == 0 || (ended == process && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

std::string first_line(const Ended& ended) {
    if (ended.output.find_first_not_of('\n') == std::string::npos)
        return fmt::format("exit status {}, signal {}", ended.exit_code, ended.signal);
    return clean(ended.output.substr(0, ended.output.find('\n')), 200);
}

std::string find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::filesystem::path candidate = std::filesystem::path(folder) / name;
        if (access(candidate.c_str(), X_OK) == 0) return candidate.string();
    }
    return "";
}

std::string processor_name() {
    utsname system{};
    return uname(&system) == 0 ? system.machine : "";
}

double busyness(const std::string& load, unsigned processors) {
    std::istringstream words(load);
    double average = 0, now = 0;
    words >> average >> now >> now >> now;  // three averages, then running/all
    return std::clamp(std::max(average, now) / std::max(1U, processors), 1.0, 10.0);
}

double busyness() {
    std::ifstream load("/proc/loadavg");
    return busyness({std::istreambuf_iterator<char>(load), {}}, std::thread::hardware_concurrency());
}

void in_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::exception_ptr first;
    std::mutex guard;
    const auto loop = [&] {
        for (std::size_t i; (i = next++) < count;) {
            try {
                work(i);
            } catch (...) {
                const std::lock_guard lock(guard);
                if (!first) first = std::current_exception();
            }
        }
    };
    std::vector<std::jthread> threads;
    try {
        for (unsigned i = 1; i < jobs && i < count; ++i) threads.emplace_back(loop);
    } catch (const std::system_error&) {
        // No more threads are to be had: fewer do it.
    }
    loop();
    threads.clear();
    if (first) std::rethrow_exception(first);
}

}  // namespace qkv::grader
