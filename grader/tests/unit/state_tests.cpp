// What the kit remembers between commands; broken or lost, it never stops anything.
#include <filesystem>
#include <string>

#include "qkv/matrix.hpp"

#include "scratch.hpp"
#include "state.hpp"
#include "testing/catch2.hpp"

namespace {

using namespace qkv;
using qkv::tests::Scratch;

State loaded(const std::string& text) {
    const Scratch scratch;
    scratch.write(".qkv/state.json", text);
    return load_state(scratch.path());
}

bool is_empty(const State& state) { return state.hints.empty() && state.scores.empty(); }

}  // namespace

TEST_CASE("a state that was saved is loaded") {
    const Scratch scratch;
    CHECK(is_empty(load_state(scratch.path())));
    State state;
    state.hints["attention/masks"] = 2;
    state.scores["attention"] = 12;
    save_state(scratch.path(), state);
    CHECK(load_state(scratch.path()).hints == state.hints);
    CHECK(load_state(scratch.path()).scores == state.scores);
    save_state(scratch.path(), {});
    CHECK(is_empty(load_state(scratch.path())));
}

TEST_CASE("saving leaves one file and nothing else") {
    const Scratch scratch;
    save_state(scratch.path(), {});
    save_state(scratch.path(), {});
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(scratch.path() / ".qkv")) {
        CHECK(entry.path().filename() == "state.json");
        ++files;
    }
    CHECK(files == 1);
}

TEST_CASE("a broken state is begun anew") {
    for (const char* text : {"", "{", "no json", "[]", "5", "null", "\xff", R"({"hints": 5, "scores": [1]})",
                             R"({"hints": {"a/b": "two", "c/d": 1.5, "e/f": null}})"}) {
        INFO(text);
        CHECK(is_empty(loaded(text)));
    }
}

TEST_CASE("what is whole in a half-broken state is kept") {
    const State state = loaded(R"({"version": 1, "hints": {"a/b": 2, "c/d": []}, "scores": "none"})");
    CHECK(state.hints == std::map<std::string, int>{{"a/b", 2}});
    CHECK(state.scores.empty());
}

TEST_CASE("a state of a later kit stops nothing") {
    const State state =
        loaded(R"({"version": 99, "hints": {"a/b": {"taken": 2}}, "scores": {"a": {"best": 3}}, "more": [1]})");
    CHECK(is_empty(state));
}

TEST_CASE("a number that is none of hints or points is not taken") {
    CHECK(is_empty(
        loaded(R"({"hints": {"a/b": 99999999999}, "scores": {"a": 18446744073709551615, "b": -4294967297}})")));
}

TEST_CASE("where nothing can be written, saving does nothing") {
    const Scratch scratch;
    scratch.write(".qkv", "a file, no folder");
    State state;
    state.scores["attention"] = 1;
    save_state(scratch.path(), state);
    CHECK(is_empty(load_state(scratch.path())));
    save_state("/proc/nowhere", state);
}
