// What a learner's file can write into a compiler's words, and what it cannot bring about.
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>

#include "qkv/matrix.hpp"

#include "build/shortage.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;
using qkv::tests::Scratch;

Ended failed_with(const std::string& output) {
    Ended ended;
    ended.exit_code = 1;
    ended.output = output;
    return ended;
}

/// A build in a folder, which may have so much memory.
Command build_in(const std::filesystem::path& folder, std::uint64_t memory) {
    Command command;
    command.folder = folder.string();
    command.memory = memory;
    return command;
}

constexpr std::uint64_t little = 1 << 20, more_than_there_is = std::uint64_t{1} << 60;

}  // namespace

TEST_CASE("words of a shortage are believed only where the machine is short") {
    const Scratch scratch;
    const auto build = scratch.path() / "build";
    for (const char* words : {"x.cpp:1:2: error: No space left on device", "error: Disk quota exceeded",
                              "LLVM ERROR: out of memory", "cc1plus: out of memory allocating 1 bytes"}) {
        INFO(words);
        CHECK(may_be_shortage(failed_with(words), build_in(build, little)));
        CHECK_FALSE(is_the_systems(failed_with(words), build_in(build, little)));
    }
    // Of a command without a limit nothing can be lacking: nm, say, which prints a learner's names.
    CHECK_FALSE(is_the_systems(failed_with("_ZTISt9bad_alloc U"), build_in(build, 0)));
    CHECK(is_the_systems(failed_with("LLVM ERROR: out of memory"), build_in(build, more_than_there_is)));
    CHECK_FALSE(is_the_systems(failed_with("error: Disk quota exceeded"), build_in(build, more_than_there_is)));
}

TEST_CASE("where nothing more can be written, no failure of a linker is a mistake in the file") {
    const Scratch scratch;
    // A file in the folder's place stands for a disk or a quota that is full.
    scratch.write("full", "");
    const Command command = build_in(scratch.path() / "full" / "build", little);
    CHECK(is_the_systems(failed_with("mold: failed to write to an output file. Disk full?"), command));
    Ended by_signal;
    by_signal.signal = SIGBUS;
    CHECK(may_be_shortage(by_signal, command));
    CHECK(is_the_systems(by_signal, command));
}
