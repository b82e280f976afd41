// Programs that are run: they end in time, they leave nothing behind, and all they say is heard.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "base/process.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;

Command shell(const std::string& script) {
    Command command;
    command.arguments = {"/bin/sh", "-c", script};
    return command;
}

/// Dead, or a zombie that nobody has waited for yet.
bool is_gone(pid_t process) {
    std::ifstream stream("/proc/" + std::to_string(process) + "/stat");
    std::string word;
    return !stream || (stream >> word >> word >> word && (word == "Z" || word == "X"));
}

/// Whether it is gone soon: a kill takes a moment.
bool soon_gone(pid_t process) {
    for (int i = 0; i < 200 && !is_gone(process); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return is_gone(process);
}

}  // namespace

TEST_CASE("a program's exit status and all its output are told") {
    const Ended ended = run(shell("echo out; echo err >&2; exit 7"));
    CHECK(ended.exit_code == 7);
    CHECK(ended.signal == 0);
    CHECK_FALSE(ended.timed_out);
    CHECK(ended.output == "out\nerr\n");
    CHECK(ended.seconds < 5);
}

TEST_CASE("what a program said first is one line; of one that said nothing, how it ended") {
    CHECK(first_line(run(shell("echo one; echo two"))) == "one");
    CHECK(first_line(run(shell("exit 7"))) == "exit status 7, signal 0");
    CHECK(first_line(run(shell("kill -KILL $$"))) == "exit status -1, signal 9");
}

TEST_CASE("a program that a signal kills has no exit status") {
    const Ended ended = run(shell("kill -TERM $$"));
    CHECK(ended.exit_code == -1);
    CHECK(ended.signal == SIGTERM);
}

TEST_CASE("a program has nothing to read") { CHECK(run(shell("cat")).output.empty()); }

TEST_CASE("a program gets our environment and what is added, and its folder") {
    const qkv::tests::Scratch scratch;
    Command command = shell("echo $QKV_UNIT; echo ${PATH:+set}; pwd");
    command.environment["QKV_UNIT"] = "two words";
    command.folder = scratch.path().string();
    CHECK(run(command).output == "two words\nset\n" + scratch.path().string() + "\n");
}

TEST_CASE("when time runs out, the whole group is killed") {
    Command command = shell("sleep 100 & echo $!; sleep 100");
    command.seconds = 0.3;
    const Ended ended = run(command);
    CHECK(ended.timed_out);
    CHECK(ended.signal == SIGKILL);
    CHECK(ended.seconds >= 0.3);
    CHECK(ended.seconds < 2);
    CHECK(soon_gone(std::stoi(ended.output)));
}

TEST_CASE("a program that closes its output and stays is killed in time") {
    Command command = shell("exec >&- 2>&-; sleep 100");
    command.seconds = 0.3;
    const Ended ended = run(command);
    CHECK(ended.timed_out);
    CHECK(ended.seconds < 2);
}

TEST_CASE("the time in which we are stopped ourselves is not the program's") {
    const pid_t we = fork();
    REQUIRE(we >= 0);
    if (we == 0) {
        Command command = shell("sleep 1; echo whole");
        command.seconds = 3;
        const Ended ended = run(command);
        _exit(!ended.timed_out && ended.output == "whole\n" ? 0 : 1);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    kill(we, SIGSTOP);
    std::this_thread::sleep_for(std::chrono::milliseconds(4500));
    kill(we, SIGCONT);
    int status = -1;
    waitpid(we, &status, 0);
    CHECK(status == 0);
}

TEST_CASE("children that outlive their program do not outlive the run") {
    const Ended ended = run(shell("sleep 100 >/dev/null 2>&1 & echo $!"));
    CHECK(ended.exit_code == 0);
    CHECK_FALSE(ended.timed_out);
    CHECK(soon_gone(std::stoi(ended.output)));
}

TEST_CASE("only the first bytes of a long output are kept, but all of it is seen") {
    Command command = shell("i=0; while [ $i -lt 2000 ]; do echo 0123456789abcde; i=$((i + 1)); done");
    command.longest_output = 1000;
    std::size_t seen = 0;
    command.on_output = [&](std::string_view bytes) { seen += bytes.size(); };
    const Ended ended = run(command);
    CHECK(ended.exit_code == 0);
    CHECK(ended.output.size() == 1000);
    CHECK(seen == 32000);
}

TEST_CASE("lines on descriptor 3 arrive whole, one by one") {
    Command command = shell("printf 'one\\ntw' >&3; sleep 0.05; printf 'o\\n\\nthree\\n' >&3; echo aside");
    std::vector<std::string> lines;
    command.on_line = [&](const std::string& line) { lines.push_back(line); };
    CHECK(run(command).output == "aside\n");
    CHECK(lines == std::vector<std::string>{"one", "two", "", "three"});
}

TEST_CASE("a program that cannot be started is a fault of the kit") {
    Command command;
    command.arguments = {"/nowhere/program"};
    try {
        run(command);
        FAIL("it was started");
    } catch (const Failure& failure) {
        CHECK(failure.status == kit_fault);
        CHECK(std::string(failure.what()).find("/nowhere/program") != std::string::npos);
    }
}

TEST_CASE("a program cannot have more memory than its limit") {
    Command command = shell("ulimit -v");
    command.memory = std::uint64_t{1} << 30;
    CHECK(run(command).output == "1048576\n");
}

TEST_CASE("a listener that throws ends the run, and the program with it") {
    Command command = shell("echo $$ >&3; sleep 100");
    pid_t process = 0;
    command.on_line = [&](const std::string& line) {
        process = std::stoi(line);
        throw std::invalid_argument("not what was expected");
    };
    CHECK_THROWS_AS(run(command), std::invalid_argument);
    const bool gone = soon_gone(process);
    CHECK(gone);
    CHECK(waitpid(process, nullptr, WNOHANG) == -1);  // it was waited for
    if (!gone) kill(-process, SIGKILL);
}

TEST_CASE("a program is found where the search path has it") {
    CHECK(find_program("sh").ends_with("/sh"));
    CHECK(find_program("no-such-program-anywhere").empty());
}

TEST_CASE("a busy machine is given more time, at most ten times as much") {
    CHECK(busyness("0.20 3.00 9.00 1/123 4567\n", 2) == 1);
    CHECK(busyness("6.00 3.00 9.00 2/123 4567\n", 2) == 3);  // of the last minute
    CHECK(busyness("0.20 3.00 9.00 8/123 4567\n", 2) == 4);  // now
    CHECK(busyness("99.0 3.00 9.00 8/123 4567\n", 2) == 10);
    CHECK(busyness("", 0) == 1);
    CHECK(busyness() >= 1);
}

TEST_CASE("work in parallel is all done, and its first exception is thrown on") {
    std::vector<int> done(100);
    in_parallel(done.size(), 3, [&](std::size_t i) { done[i] = 1; });
    CHECK(done == std::vector<int>(100, 1));
    std::atomic<int> count = 0;
    const auto fail_once = [&](std::size_t i) {
        ++count;
        if (i == 5) throw std::invalid_argument("the fifth");
    };
    CHECK_THROWS_AS(in_parallel(20, 2, fail_once), std::invalid_argument);
    CHECK(count == 20);
}

TEST_CASE("whole lines are taken off the beginning") {
    std::string text = "one\n\ntw";
    std::vector<std::string> lines;
    const auto take = [&](const std::string& line) { lines.push_back(line); };
    take_lines(text, take);
    CHECK(text == "tw");
    text += "o\n";
    take_lines(text, take);
    CHECK(text.empty());
    CHECK(lines == std::vector<std::string>{"one", "", "two"});
}
