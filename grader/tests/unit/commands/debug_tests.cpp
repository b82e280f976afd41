// What gdb is told.
#include <string>

#include "qkv/matrix.hpp"

#include "commands/commands.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;

DebugPlace place() {
    DebugPlace place;
    place.learner_code = "/kit/build dev/workers/12/learner.so";
    place.scripts = QKV_ROOT "/grader/debug";
    place.function = "attention::softmax_rows";
    place.call = 3;
    return place;
}

bool holds(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

}  // namespace

TEST_CASE("a test's name reaches Catch2 as one name") {
    CHECK(as_test_spec("scores 0, 1 and [2]") == "scores 0\\, 1 and \\[2\\]");
    CHECK(as_test_spec("a \"quoted\" one*") == "a \\\"quoted\\\" one\\*");
    CHECK(as_test_spec("plain") == "plain");
}

TEST_CASE("gdb waits for the call by its number, then stops in the function") {
    const std::string script = debugger_script(place(), false);
    CHECK(holds(script, "LD_PRELOAD=./learner.so QKV_FAILING_CALL=3\n"));  // no path with a space in it
    CHECK(script.find("tbreak qkv_failing_call") < script.find("tbreak -qualified attention::softmax_rows"));
    CHECK_FALSE(holds(script, "catch throw"));
    CHECK_FALSE(holds(script, "backtrace"));
}

TEST_CASE("without a terminal gdb shows where it stopped; where the call throws, it stops there too") {
    DebugPlace throws = place();
    throws.throws = true;
    CHECK(holds(debugger_script(throws, true), "backtrace"));
    CHECK(holds(debugger_script(throws, true), "catch throw"));
}
