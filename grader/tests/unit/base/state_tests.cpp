// What the kit remembers between commands; broken or lost, it never stops anything.
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/files.hpp"
#include "base/state.hpp"
#include "harness/catch2.hpp"
#include "scratch.hpp"

namespace {

namespace fs = std::filesystem;
using namespace qkv::grader;
using qkv::tests::Scratch;

State loaded(const std::string& text) {
    const Scratch scratch;
    scratch.write(".qkv/state.json", text);
    return load_state(scratch.path());
}

Text take_hint(const fs::path& root) {
    return update_state(root, [](State& state) { ++state.hints["attention/masks"]; });
}

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("a state that was saved is loaded, and saving leaves one file") {
    const Scratch scratch;
    CHECK(load_state(scratch.path()) == State{});
    const auto change = [](State& state) {
        state.hints["attention/masks"] = 2;
        state.scores["attention"] = 12;
        state.laws["attention"] = 60;
        state.laws_held["attention"] = 55;
        state.quiz["attention/why_the_root"] = {true, 2};
        state.quiz["attention/output_shape"] = {false, 1};
    };
    CHECK(update_state(scratch.path(), change).en.empty());
    CHECK(load_state(scratch.path()).hints == std::map<std::string, int>{{"attention/masks", 2}});
    CHECK(load_state(scratch.path()).scores == std::map<std::string, int>{{"attention", 12}});
    CHECK(load_state(scratch.path()).laws.at("attention") == 60);
    CHECK(load_state(scratch.path()).laws_held.at("attention") == 55);
    CHECK(load_state(scratch.path()).quiz.at("attention/why_the_root") == Answered{true, 2});
    CHECK(load_state(scratch.path()).quiz.at("attention/output_shape") == Answered{false, 1});
    update_state(scratch.path(), [](State& state) { state = {}; });
    CHECK(load_state(scratch.path()) == State{});
    CHECK(files_in(scratch.path() / ".qkv") == 1);
}

TEST_CASE("what changes nothing writes nothing") {
    const Scratch scratch;
    update_state(scratch.path(), [](State&) {});
    CHECK_FALSE(fs::exists(scratch.path() / ".qkv"));
}

TEST_CASE("a broken state is begun anew") {
    for (
        const std::string& text : std::vector<std::string>{
            "", "{", "no json", "[]", "5", "null", "\xff", R"({"hints": 5, "scores": [1]})",
            R"({"hints": {"a/b": "two", "c/d": 1.5, "e/f": null}})", std::string(100'000, '['),
            R"({"quiz": {"a/b": 1, "c/d": {"right": 1, "tries": 1}, "e/f": {"right": true}, "g/h": {"right": true, "tries": 0}}})",
            R"({"quiz": [{"right": true, "tries": 1}]})",
            R"({"hints": {"a/b": 99999999999}, "scores": {"a": 18446744073709551615, "b": -1}})"}) {
        INFO(text.substr(0, 80));
        CHECK(loaded(text) == State{});
        const Scratch scratch;
        scratch.write(".qkv/state.json", text);
        take_hint(scratch.path());
        CHECK(load_state(scratch.path()).hints.at("attention/masks") == 1);
    }
}

TEST_CASE("a state that is a fifo, a device or larger than any of ours is not waited for, and begun anew") {
    const Scratch scratch;
    fs::create_directories(scratch.path() / ".qkv");
    const fs::path file = scratch.path() / ".qkv" / "state.json";
    REQUIRE(mkfifo(file.c_str(), 0600) == 0);
    CHECK(load_state(scratch.path()) == State{});
    take_hint(scratch.path());
    CHECK(load_state(scratch.path()).hints.at("attention/masks") == 1);
    fs::remove(file);
    fs::create_symlink("/dev/zero", file);
    CHECK(load_state(scratch.path()) == State{});
    fs::remove(file);
    scratch.write(".qkv/state.json", R"({"hints": {"a/b": 2}})");
    fs::resize_file(file, std::uintmax_t{1} << 40);  // a hole: it takes no room
    CHECK(load_state(scratch.path()) == State{});
}

TEST_CASE("a truncated state is begun anew") {
    const Scratch scratch;
    take_hint(scratch.path());
    const std::string whole = read_file(scratch.path() / ".qkv" / "state.json");
    REQUIRE(whole.size() > 20);
    for (std::size_t size = 0; size + 2 < whole.size(); size += 7) CHECK(loaded(whole.substr(0, size)) == State{});
}

TEST_CASE("what is whole in a half-broken state is kept") {
    const State state = loaded(R"({"version": 1, "hints": {"a/b": 2, "c/d": []}, "scores": "none"})");
    CHECK(state.hints == std::map<std::string, int>{{"a/b", 2}});
    CHECK(state.scores.empty());
}

TEST_CASE("a state of a later kit stops nothing and stays as it is, which is said") {
    for (const std::string text :
         {R"({"version": 99, "hints": {"a/b": {"taken": 2}}, "scores": {"a": {"best": 3}}, "more": [1]})",
          R"({"version": 2, "hints": {"a/b": 2}})", R"({"version": 1.5})"}) {
        CHECK(loaded(text) == State{});
        const Scratch scratch;
        const fs::path file = scratch.write(".qkv/state.json", text);
        const Text words = take_hint(scratch.path());
        CHECK_FALSE(words.en.empty());
        CHECK_FALSE(words.zh.empty());
        CHECK(read_file(file) == text);
    }
}

TEST_CASE("commands at once leave a whole state") {
    const Scratch scratch;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int taken = 0; taken < 15; ++taken) take_hint(scratch.path());
            });
        }
    }
    // Of two at once one may be lost, but never all, and what is there can be read.
    const int taken = load_state(scratch.path()).hints.at("attention/masks");
    CHECK((taken >= 1 && taken <= 60));
    CHECK(files_in(scratch.path() / ".qkv") == 1);
}

TEST_CASE("where nothing can be written, saving does nothing") {
    const Scratch scratch;
    scratch.write(".qkv", "a file, no folder");
    CHECK(take_hint(scratch.path()).en.empty());
    CHECK(load_state(scratch.path()) == State{});
    CHECK(take_hint("/proc/nowhere").en.empty());
    const Scratch other;
    scratch.write("folder/.qkv/state.json/inside", "kept");
    CHECK(take_hint(scratch.path() / "folder").en.empty());
    CHECK(read_file(scratch.path() / "folder/.qkv/state.json/inside") == "kept");
    CHECK(files_in(scratch.path() / "folder/.qkv") == 1);
}
