#include "commands/debugger.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "build/worker.hpp"
#include "base/failure.hpp"
#include "base/process.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// gdb's command line. The library's folder holds the script and is where gdb runs: LD_PRELOAD takes a
/// relative path, and no other with a space in it.
std::vector<std::string> debugger_command(const std::string& debugger, const DebugPlace& place, bool batch) {
    const fs::path script = place.learner_code.parent_path() / "debug.gdb";
    std::ofstream(script, std::ios::binary) << debugger_script(place, batch);
    std::vector<std::string> command = {debugger, "-q"};
    if (batch) command.insert(command.end(), {"-batch", "-nx"});
    command.insert(command.end(), {"-x", script.string(), "--args", place.tests.string(), as_test_spec(place.test)});
    return command;
}

}  // namespace

std::string find_debugger() {
    std::string found = find_program("gdb");
    if (!found.empty()) return found;
    throw Failure(wrong_usage, Text{"debug needs gdb, which is not installed; its package is called gdb",
                                    "debug 需要 gdb，但没有安装；软件包的名字就叫 gdb"});
}

std::string as_test_spec(const std::string& name) {
    std::string spec;
    for (const char byte : name) {
        if (std::string_view("\\,[]\"~*").find(byte) != std::string_view::npos) spec += '\\';
        spec += byte;
    }
    return spec;
}

std::string debugger_script(const DebugPlace& place, bool batch) {
    // The learner's library is not loaded before the program runs; so its breakpoint comes later.
    return fmt::format(R"(set confirm off
set breakpoint pending off
set disable-randomization off
set filename-display absolute
set print frame-arguments none
# A gdb without Python has no $_streq; it shows matrices as Eigen stores them.
if ! $_isvoid($_streq)
source {printers}
end
set exec-wrapper env LD_PRELOAD=./{library} QKV_FAILING_CALL={call}
tbreak qkv_failing_call
commands
silent
tbreak -qualified {function}
{throws}
continue
end
run
if $_thread != 0
{show}
info args
end
)",
                       fmt::arg("printers", place.printers.string()),
                       fmt::arg("library", place.learner_code.filename().string()), fmt::arg("call", place.call),
                       fmt::arg("function", place.function), fmt::arg("throws", place.throws ? "catch throw" : ""),
                       fmt::arg("show", batch ? "backtrace 4" : ""));
}

void become_debugger(const std::string& debugger, const DebugPlace& place) {
    const std::vector<std::string> command = debugger_command(debugger, place, false);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    unsetenv("DEBUGINFOD_URLS");  // or gdb asks about the network first
    setenv("SHELL", "/bin/sh", 1);
    std::fflush(nullptr);
    if (chdir(place.learner_code.parent_path().c_str()) == 0) execv(arguments[0], arguments.data());
    throw Failure(wrong_usage, Text{debugger + ": cannot be started", debugger + "：启动不了"});
}

std::string run_debugger(const std::string& debugger, const DebugPlace& place) {
    Command command;
    command.arguments = debugger_command(debugger, place, true);
    command.folder = place.learner_code.parent_path().string();
    command.environment = {{"DEBUGINFOD_URLS", ""}, {"SHELL", "/bin/sh"}};
    command.seconds = 120;  // what runs before the place ran in the grading, within its limits
    return run(command).output;
}

}  // namespace qkv::grader
