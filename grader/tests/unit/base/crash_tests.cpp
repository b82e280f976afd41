// kill -9 at each single system call of what changes a learner's file or state; the random kills of
// end_to_end/walls/kill_tests.cpp seldom hit the moment that matters.
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>

#include "qkv/matrix.hpp"

#include "base/files.hpp"
#include "base/state.hpp"
#include "commands/stubs.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"

namespace {

namespace fs = std::filesystem;
using namespace qkv::grader;
using qkv::tests::Scratch;

enum class End { killed, finished, not_traced };

/// Runs `work` in a child process and kills that before or after its system calls: at the `stop`-th of
/// these moments. `finished` if it has fewer.
End killed_at(int stop, const std::function<void()>& work) {
    constexpr int not_traced = 3;
    const pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(not_traced);
        raise(SIGSTOP);
        work();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    for (int i = 0; i < stop && WIFSTOPPED(status); ++i) {
        ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
        waitpid(child, &status, 0);
    }
    if (WIFEXITED(status)) return WEXITSTATUS(status) == not_traced ? End::not_traced : End::finished;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return End::killed;
}

/// Kills at every moment in turn; `prepare` before each, `check` after it.
void kill_everywhere(const std::function<void()>& prepare, const std::function<void()>& work,
                     const std::function<void()>& check) {
    int kills = 0;
    for (End end = End::killed; end == End::killed; ++kills) {
        prepare();
        end = killed_at(kills, work);
        if (end == End::not_traced) {
            WARN("ptrace is not allowed here: nothing was killed");
            return;
        }
        INFO("killed at moment " << kills);
        check();
    }
    CHECK(kills > 10);
}

}  // namespace

TEST_CASE("whoever is killed in a reset finds their file in its place, or the stub there and their file kept") {
    const Scratch scratch;
    Exercise exercise;
    exercise.id = "counting";
    exercise.folder = scratch.path() / "exercises" / "counting";
    const fs::path kept = scratch.path() / ".qkv" / "kept";
    const std::string stub = "the stub\n", mine(100'000, 'x');
    scratch.write("exercises/counting/stub.cpp", stub);
    const auto prepare = [&] {
        fs::remove_all(kept);
        fs::remove(exercise.folder / "counting.cpp");
        scratch.write("exercises/counting/counting.cpp", mine);
    };
    int stubs = 0, files = 0;
    const auto check = [&] {
        const std::string left = read_file(exercise.folder / "counting.cpp");
        if (left == mine) {
            ++files;
            return;
        }
        CHECK(left == stub);
        ++stubs;
        int whole = 0;
        for (const auto& entry : fs::directory_iterator(kept)) whole += read_file(entry.path()) == mine ? 1 : 0;
        CHECK(whole == 1);
    };
    kill_everywhere(
        prepare, [&] { put_stub_back(exercise, kept, 1'700'000'000); }, check);
    CHECK(stubs > 0);
    CHECK(files > 0);
}

TEST_CASE(
    "whoever is killed while a stub is made or corrected has the old one or the new one, and the new one next time") {
    const Scratch scratch;
    Exercise exercise;
    exercise.id = "counting";
    exercise.folder = scratch.path() / "exercises" / "counting";
    const std::string stub = "the stub\n", old = GENERATE(std::string("no file"), std::string("an old stub\n"));
    const fs::path file = exercise.folder / "counting.cpp";
    const auto prepare = [&] {
        fs::remove_all(scratch.path() / "exercises");
        fs::remove_all(scratch.path() / ".qkv");
        scratch.write("exercises/counting/stub.cpp", stub);
        if (old == "no file") return;
        scratch.write("exercises/counting/counting.cpp", old);
        scratch.write(".qkv/stubs/counting.cpp", old);
    };
    int olds = 0, stubs = 0;
    const auto follow = [&] { follow_stub(scratch.path(), exercise); };
    const auto check = [&] {
        const std::string left = fs::exists(file) ? read_file(file) : "no file";
        CHECK((left == old || left == stub));
        ++(left == old ? olds : stubs);
        follow();
        CHECK(read_file(file) == stub);
        CHECK_FALSE(follow_stub(scratch.path(), exercise));
    };
    kill_everywhere(prepare, follow, check);
    CHECK(olds > 0);
    CHECK(stubs > 0);
}

TEST_CASE("whoever is killed while a hint is remembered leaves a state from before or after it") {
    const Scratch scratch;
    const auto prepare = [&] {
        scratch.write(".qkv/state.json",
                      R"({"version": 1, "hints": {"attention/masks": 2}, "scores": {"attention": 12}})");
    };
    const auto work = [&] { update_state(scratch.path(), [](State& state) { ++state.hints["attention/masks"]; }); };
    int before = 0, after = 0;
    const auto check = [&] {
        const State state = load_state(scratch.path());
        CHECK(state.scores.at("attention") == 12);
        ++(state.hints.at("attention/masks") == 2 ? before : after);
        CHECK(state.hints.at("attention/masks") <= 3);
        // And nobody is in the way of the next one.
        update_state(scratch.path(), [](State& next) { next.hints["attention/masks"] = 7; });
        CHECK(load_state(scratch.path()).hints.at("attention/masks") == 7);
    };
    kill_everywhere(prepare, work, check);
    CHECK(before > 0);
    CHECK(after > 0);
}
