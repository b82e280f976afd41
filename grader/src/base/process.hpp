// Runs other programs, with limits, and leaves none behind but what the reader is to keep.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace qkv::grader {

struct Command {
    std::vector<std::string> arguments;                     ///< the program first
    std::map<std::string, std::string> environment;         ///< added to ours
    std::string folder;                                     ///< to run in; empty: ours
    double seconds = 60;                                    ///< wall time; then the whole group is killed
    std::uint64_t memory = 0;                               ///< bytes of address space; 0: no limit
    std::uint64_t file = 0;                                 ///< bytes of any file it writes; 0: no limit
    std::size_t longest_output = 1U << 20;                  ///< bytes kept of what it prints
    std::function<void(std::string_view bytes)> on_output;  ///< sees the output as it comes, if given
    /// Lines that it writes to descriptor 3, if given. Returning is how they are taken.
    std::function<void(const std::string& line)> on_line;
};

struct Ended {
    int exit_code = -1;  ///< -1 if it did not exit by itself
    int signal = 0;      ///< that killed it
    bool timed_out = false;
    double seconds = 0;  ///< wall time
    std::string output;  ///< standard output and error, as they came
};

struct Pipe {
    int read = -1, write = -1;
};

/// A pipe that no program started later inherits. Throws Failure (kit_fault) if there is none to be had.
Pipe open_pipe();

/// The descriptor on which a command finds its line channel.
inline constexpr int line_descriptor = 3;

/// Starts the command and waits for its end. Throws Failure (kit_fault) if it cannot be started.
Ended run(const Command& command);

/// Gives the command our own place: program, terminal, all but the limits. Throws Failure (wrong_usage) if it cannot be
/// started; else does not return.
[[noreturn]] void run_instead(const Command& command);

/// Starts what the reader is to keep, a browser say: in a session of its own, it outlives us. True if it runs on after
/// so many seconds, or has ended well by then. Throws Failure (kit_fault) if there is no process to be had.
bool leave_running(const std::vector<std::string>& arguments, double seconds);

/// In a child, first of all: it dies with its parent, has nothing to read, and prints into `output`.
void settle_child(pid_t parent, int output);

/// Takes the whole lines off the beginning of a text.
void take_lines(std::string& text, const std::function<void(const std::string& line)>& on_line);

/// The first line that it said, cleaned; its exit status and signal if it said nothing.
std::string first_line(const Ended& ended);

/// The path of a program that the search path knows; empty if there is none.
std::string find_program(const std::string& name);

/// The processor's kind, as the system names it: "x86_64", "aarch64".
std::string processor_name();

/// How many times longer programs may take here than on an idle machine: those that run or want to, now or in the last
/// minute (`load` as in /proc/loadavg), for each processor; 1 to 10.
double busyness(const std::string& load, unsigned processors);
double busyness();

/// Calls `work(i)` for each i below `count`, at most `jobs` at once. The first exception is thrown on.
void in_parallel(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work);

}  // namespace qkv::grader
