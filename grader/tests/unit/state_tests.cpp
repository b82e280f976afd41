// What the kit remembers between commands; broken or lost, it never stops anything.
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/durable.hpp"
#include "scratch.hpp"
#include "base/state.hpp"
#include "harness/catch2.hpp"

namespace {

namespace fs = std::filesystem;
using namespace qkv::grader;
using qkv::tests::Scratch;

State loaded(const std::string& text) {
    const Scratch scratch;
    scratch.write(".qkv/state.json", text);
    return load_state(scratch.path());
}

bool is_empty(const State& state) { return state == State{}; }

Remembered take_hint(const fs::path& root) {
    return update_state(root, [](State& state) { ++state.hints["attention/masks"]; });
}

std::string text_of(const fs::path& path) { return read_regular_file(path, 1U << 20).value_or("no file"); }

}  // namespace

TEST_CASE("a state that was saved is loaded") {
    const Scratch scratch;
    CHECK(is_empty(load_state(scratch.path())));
    const auto change = [](State& state) {
        state.hints["attention/masks"] = 2;
        state.scores["attention"] = 12;
    };
    CHECK(update_state(scratch.path(), change) == Remembered::yes);
    CHECK(load_state(scratch.path()).hints == std::map<std::string, int>{{"attention/masks", 2}});
    CHECK(load_state(scratch.path()).scores == std::map<std::string, int>{{"attention", 12}});
    CHECK(update_state(scratch.path(), [](State& state) { state = {}; }) == Remembered::yes);
    CHECK(is_empty(load_state(scratch.path())));
}

TEST_CASE("saving leaves the state, its lock, and nothing else") {
    const Scratch scratch;
    take_hint(scratch.path());
    take_hint(scratch.path());
    for (const auto& entry : fs::directory_iterator(scratch.path() / ".qkv")) {
        const std::string name = entry.path().filename().string();
        CHECK((name == "state.json" || name == "state.lock"));
    }
}

TEST_CASE("what changes nothing writes nothing") {
    const Scratch scratch;
    CHECK(update_state(scratch.path(), [](State&) {}) == Remembered::yes);
    CHECK_FALSE(fs::exists(scratch.path() / ".qkv" / "state.json"));
}

TEST_CASE("a broken state is begun anew, and the broken file is kept beside it") {
    const std::string huge(std::size_t{2} << 20, ' ');
    for (const std::string& text : std::vector<std::string>{
             "", "{", "no json", "[]", "5", "null", "\xff", R"({"hints": 5, "scores": [1]})",
             R"({"hints": {"a/b": "two", "c/d": 1.5, "e/f": null}})", std::string(100'000, '['), huge + "{}"}) {
        INFO(text.substr(0, 80));
        CHECK(is_empty(loaded(text)));
        const Scratch scratch;
        scratch.write(".qkv/state.json", text);
        CHECK(take_hint(scratch.path()) == Remembered::yes);
        CHECK(load_state(scratch.path()).hints.at("attention/masks") == 1);
        CHECK(fs::file_size(scratch.path() / ".qkv" / "state.json.broken") == text.size());
    }
}

TEST_CASE("a truncated state is begun anew") {
    const Scratch scratch;
    take_hint(scratch.path());
    const std::string whole = text_of(scratch.path() / ".qkv" / "state.json");
    for (std::size_t size = 0; size + 2 < whole.size(); size += 7) CHECK(is_empty(loaded(whole.substr(0, size))));
}

TEST_CASE("what is whole in a half-broken state is kept") {
    const std::string text = R"({"version": 1, "hints": {"a/b": 2, "c/d": []}, "scores": "none"})";
    CHECK(loaded(text).hints == std::map<std::string, int>{{"a/b", 2}});
    CHECK(loaded(text).scores.empty());
    const Scratch scratch;
    scratch.write(".qkv/state.json", text);
    take_hint(scratch.path());
    CHECK(load_state(scratch.path()).hints == std::map<std::string, int>{{"a/b", 2}, {"attention/masks", 1}});
    CHECK(text_of(scratch.path() / ".qkv" / "state.json.broken") == text);
}

TEST_CASE("a state of a later kit stops nothing and stays as it is") {
    for (const std::string text :
         {R"({"version": 99, "hints": {"a/b": {"taken": 2}}, "scores": {"a": {"best": 3}}, "more": [1]})",
          R"({"version": 2, "hints": {"a/b": 2}})", R"({"version": 1.5})"}) {
        CHECK(is_empty(loaded(text)));
        const Scratch scratch;
        const fs::path file = scratch.write(".qkv/state.json", text);
        const Remembered remembered = take_hint(scratch.path());
        CHECK(remembered == Remembered::later);
        CHECK_FALSE(remembered_words(remembered).en.empty());
        CHECK_FALSE(remembered_words(remembered).zh.empty());
        CHECK(text_of(file) == text);
        CHECK_FALSE(fs::exists(file.string() + ".broken"));
    }
    CHECK(remembered_words(Remembered::yes).en.empty());
}

TEST_CASE("a folder, a fifo or a link in the state's place stops nothing") {
    const Scratch scratch;
    const fs::path file = scratch.path() / ".qkv" / "state.json";
    scratch.write(".qkv/state.json/inside", "kept");
    CHECK(is_empty(load_state(scratch.path())));
    CHECK(take_hint(scratch.path()) == Remembered::yes);
    CHECK(text_of(file.string() + ".broken/inside") == "kept");
    const Scratch second;
    fs::create_directories(second.path() / ".qkv");
    REQUIRE(mkfifo((second.path() / ".qkv" / "state.json").c_str(), 0600) == 0);
    CHECK(is_empty(load_state(second.path())));
    CHECK(take_hint(second.path()) == Remembered::yes);
    const Scratch third;
    fs::create_directories(third.path() / ".qkv");
    fs::create_symlink("nowhere", third.path() / ".qkv" / "state.json");
    CHECK(take_hint(third.path()) == Remembered::yes);
    CHECK(load_state(third.path()).hints.at("attention/masks") == 1);
}

TEST_CASE("commands at once lose no hint") {
    const Scratch scratch;
    constexpr int commands = 4, hints = 15;
    std::atomic<int> remembered = 0;  // on a busy machine one may wait too long for the lock, and say so
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < commands; ++i) {
            threads.emplace_back([&] {
                for (int taken = 0; taken < hints; ++taken)
                    remembered += take_hint(scratch.path()) == Remembered::yes ? 1 : 0;
            });
        }
    }
    CHECK(load_state(scratch.path()).hints.at("attention/masks") == remembered);
    CHECK(remembered > hints);
}

TEST_CASE("a lock that is never given back stops nothing") {
    const Scratch scratch;
    take_hint(scratch.path());
    const OpenFile held = open_to_write(scratch.path() / ".qkv" / "state.lock");
    REQUIRE(flock(held.descriptor(), LOCK_EX) == 0);
    CHECK(take_hint(scratch.path()) == Remembered::no);
    CHECK(load_state(scratch.path()).hints.at("attention/masks") == 1);
}

TEST_CASE("a number that is none of hints or points is not taken") {
    CHECK(is_empty(
        loaded(R"({"hints": {"a/b": 99999999999}, "scores": {"a": 18446744073709551615, "b": -4294967297}})")));
}

TEST_CASE("where nothing can be written, saving does nothing") {
    const Scratch scratch;
    scratch.write(".qkv", "a file, no folder");
    CHECK(take_hint(scratch.path()) == Remembered::no);
    CHECK(is_empty(load_state(scratch.path())));
    CHECK(take_hint("/proc/nowhere") == Remembered::no);
}
