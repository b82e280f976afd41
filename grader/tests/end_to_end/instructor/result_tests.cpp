// The result as scripts read it: the stable JSON schema, and JUnit.
#include <set>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
using nlohmann::json;

namespace {

using Keys = std::set<std::string>;

Keys keys(const json& object) {
    Keys result;
    for (const auto& [key, value] : object.items()) result.insert(key);
    return result;
}

void check_test(const json& test) {
    CHECK(keys(test) == Keys{"name", "verdict", "hidden", "seconds", "message", "diagnosis", "output"});
    static const Keys known = {"passed",        "failed",    "not_implemented", "crashed", "timed_out",
                               "out_of_memory", "forbidden", "bad_reply",       "not_run"};
    CHECK(known.contains(test.at("verdict")));
    CHECK(test.at("hidden").is_boolean());
    CHECK(test.at("seconds").is_number());
    for (const char* key : {"name", "message", "diagnosis", "output"}) CHECK(test.at(key).is_string());
    CHECK((test.at("verdict") == "passed") == test.at("message").get<std::string>().empty());
}

void check_part(const json& part) {
    CHECK(keys(part) == Keys{"id", "score", "max_score", "status", "with_reference", "tests"});
    static const Keys known = {"passed", "failed", "not_implemented", "blocked", "build_failed", "missing"};
    CHECK(known.contains(part.at("status")));
    CHECK(part.at("score").is_number_integer());
    CHECK(part.at("score") == (part.at("status") == "passed" ? part.at("max_score") : json(0)));
    for (const auto& test : part.at("tests")) check_test(test);
}

void check_result(const json& result) {
    CHECK(keys(result) ==
          Keys{"schema", "kit_version", "score", "max_score", "sandbox", "hidden", "seed", "exercises"});
    CHECK(result.at("schema") == "qkv-result/1");
    CHECK(result.at("kit_version").is_string());
    CHECK(result.at("sandbox").is_string());
    CHECK(result.at("hidden").is_boolean());
    CHECK(result.at("seed").is_number_unsigned());
    int score = 0, max_score = 0;
    for (const auto& exercise : result.at("exercises")) {
        CHECK(keys(exercise) == Keys{"id", "track", "status", "score", "max_score", "own_needs", "build", "parts"});
        CHECK(Keys{"graded", "build_failed", "missing"}.contains(exercise.at("status")));
        CHECK(keys(exercise.at("build")) == Keys{"ok", "seconds", "diagnostics"});
        CHECK(exercise.at("build").at("ok").is_boolean());
        CHECK(exercise.at("build").at("seconds").is_number());
        CHECK(exercise.at("build").at("diagnostics").is_string());
        int sum = 0;
        for (const auto& part : exercise.at("parts")) {
            check_part(part);
            sum += part.at("score").get<int>();
        }
        CHECK(exercise.at("score") == sum);
        score += sum;
        max_score += exercise.at("max_score").get<int>();
    }
    CHECK(result.at("score") == score);
    CHECK(result.at("max_score") == max_score);
}

}  // namespace

TEST_CASE("the solutions' result has the stable schema, and full score") {
    const Said said = graded({"--solutions"});
    CHECK(said.status == 0);
    check_result(said.json);
    CHECK(said.json.at("score") == said.json.at("max_score"));
    CHECK(said.json.at("exercises").size() >= 2);
}

TEST_CASE("every kind of result has the stable schema") {
    const Scratch scratch;
    scratch.write("attention.cpp", "this is no C++\n");
    scratch.write("positional_encoding/positional_encoding.cpp",
                  read_text(QKV_ROOT "/exercises/positional_encoding/stub.cpp"));
    const Said said = graded({"--submission", scratch.path.string()});
    CHECK(said.status == 1);
    check_result(said.json);
    CHECK(said.json.at("exercises").at(0).at("status") == "build_failed");
    CHECK(said.json.at("exercises").at(1).at("status") == "graded");
    const Scratch empty;
    const Said missing = graded({"--submission", empty.path.string()});
    check_result(missing.json);
    CHECK(missing.json.at("exercises").at(0).at("status") == "missing");
}

TEST_CASE("a hidden run stores its seed, and the seed repeats it") {
    const Said said = graded({"--solutions", "--hidden", "--seed", "17", "attention"});
    CHECK(said.status == 0);
    check_result(said.json);
    CHECK(said.json.at("hidden") == true);
    CHECK(said.json.at("seed") == 17);
    bool any_hidden = false;
    const auto masks = part(said.json, "attention", "masks");
    for (const auto& test : masks.at("tests")) any_hidden = any_hidden || test.at("hidden") == true;
    CHECK(any_hidden);
}

TEST_CASE("a compiler's first error is shown with its place, and costs only its exercise") {
    const Scratch scratch;
    scratch.write("counting.cpp", "#include \"counting.hpp\"\n\nint x = nothing;\nint y = also_nothing;\n");
    scratch.write("summing.cpp", read_text(proven_kit().root + "/solutions/summing/summing.cpp"));
    const Said said = grader({"run", "--submission", scratch.path.string()}, proven_kit());
    CHECK(said.status == 1);
    CHECK(said.text.find("counting.cpp:3:9: error: use of undeclared identifier 'nothing'") != std::string::npos);
    CHECK(said.text.find("also_nothing") == std::string::npos);
    CHECK(earned(graded({"--submission", scratch.path.string()}, proven_kit()).json, "summing").size() == 1);
}

TEST_CASE("JUnit counts every test and escapes what a learner prints") {
    const Scratch scratch;
    scratch.write("counting.cpp",
                  "#include <cstdio>\n" +
                      with(read_text(proven_kit().root + "/solutions/counting/counting.cpp"), "Matrix sums = values;",
                           "std::printf(\"</system-out><testcase/>\\x1b\"); Matrix sums = 2 * values;"));
    const Said said =
        grader({"run", "--format", "junit", "--submission", scratch.path.string(), "counting"}, proven_kit());
    CHECK(said.status == 1);
    CHECK(said.text.find("<testsuites name=\"qkv\" tests=\"3\" failures=\"3\">") != std::string::npos);
    CHECK(said.text.find("&lt;/system-out&gt;&lt;testcase/&gt;") != std::string::npos);
    CHECK(said.text.find('\x1b') == std::string::npos);
}
