// The result as Gradescope and GitHub take it, from results made up by hand.
#include <string>

#include <nlohmann/json.hpp>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "report/github.hpp"
#include "report/gradescope.hpp"
#include "scratch.hpp"

namespace {

using namespace qkv::grader;
using nlohmann::json;
using qkv::tests::Scratch;

TestResult test_of(const std::string& name, Verdict verdict, bool hidden = false) {
    TestResult test;
    test.report.verdict = verdict;
    test.report.facts.function = "f";
    test.hidden = hidden;
    test.name = name;
    if (verdict != Verdict::passed) test.message = "message of " + name;
    return test;
}

/// An exercise of two parts: `first`, 3 points, is earned; `second`, 2 points, is not.
ExerciseResult two_parts(const std::vector<TestResult>& of_second) {
    ExerciseResult result;
    result.exercise.id = "alpha";
    result.exercise.title = {"Alpha", "甲"};
    result.status = Status::graded;
    result.source = "alpha.cpp";
    for (const auto& [id, points] : {std::pair{"first", 3}, {"second", 2}}) {
        PartResult& part = result.parts.emplace_back();
        part.part.id = id;
        part.part.title = {std::string("The ") + id, id};
        part.part.points = points;
    }
    result.parts[0].status = Status::passed;
    result.parts[0].score = result.score = 3;
    result.parts[0].tests = {test_of("law one", Verdict::passed)};
    result.parts[1].status = Status::failed;
    result.parts[1].tests = of_second;
    return result;
}

Result result_of(const ExerciseResult& exercise, bool hidden = false) {
    Result result;
    result.hidden = hidden;
    result.seed = 17;
    result.exercises = {exercise};
    return result;
}

json gradescope(const Result& result) { return json::parse(to_gradescope(result)); }

/// What learners read before grades are published.
std::string at_once(const json& results) {
    std::string text = results.value("output", "");
    for (const json& test : results.at("tests"))
        if (test.at("visibility") == "visible")
            text += test.at("name").get<std::string>() + test.at("output").get<std::string>();
    return text;
}

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

const std::string hostile =
    "::error::owned\n##[group]x\r\n%0A::set-output name=a::b\n````\n# heading\n</pre><script>alert(1)</script>\n"
    "| a | b |\n\x1b[2J\xff";

}  // namespace

TEST_CASE("Gradescope gets a test a part, with its points, and their sum") {
    const json results = gradescope(result_of(two_parts({test_of("law two", Verdict::failed)})));
    CHECK(results.at("score") == 3);
    CHECK(results.at("output") == "3 of 5 points");
    CHECK(results.at("stdout_visibility") == "hidden");
    CHECK_FALSE(results.contains("leaderboard"));
    REQUIRE(results.at("tests").size() == 2);
    const json &first = results.at("tests").at(0), &second = results.at("tests").at(1);
    CHECK(first.at("name") == "Alpha · The first");
    CHECK(first.at("number") == "1.1");
    CHECK(first.at("score") == 3);
    CHECK(first.at("max_score") == 3);
    CHECK(first.at("status") == "passed");
    CHECK(second.at("score") == 0);
    CHECK(second.at("max_score") == 2);
    CHECK(second.at("status") == "failed");
    CHECK(has(second.at("output"), "law two"));
    CHECK(has(second.at("output"), "message of law two"));
}

TEST_CASE("what hidden tests are called and say is shown when grades are published, not before") {
    TestResult secret = test_of("secret law", Verdict::failed, true);
    secret.diagnosis = "secret diagnosis";
    secret.report.output = "secret output";
    const json results = gradescope(result_of(two_parts({test_of("law two", Verdict::passed), secret}), true));
    CHECK_FALSE(has(at_once(results), "secret"));
    CHECK(has(at_once(results), "a hidden one does not"));
    REQUIRE(results.at("tests").size() == 3);
    const json& hidden = results.at("tests").at(2);
    CHECK(hidden.at("visibility") == "after_published");
    CHECK(hidden.at("status") == "failed");
    CHECK_FALSE(hidden.contains("score"));
    for (const char* piece : {"seed 17", "secret law", "secret diagnosis", "secret output"})
        CHECK(has(hidden.at("output"), piece));
    // Beside a visible failure, too.
    const json both = gradescope(result_of(two_parts({test_of("law two", Verdict::failed), secret}), true));
    CHECK_FALSE(has(at_once(both), "secret"));
    CHECK(has(at_once(both), "message of law two"));
}

TEST_CASE("Gradescope takes what a learner wrote as text: no markup, no control characters") {
    TestResult test = test_of("law two", Verdict::failed);
    test.report.output = test.message = hostile;
    const std::string text = to_gradescope(result_of(two_parts({test})));
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("##[") == std::string::npos);  // wherever it is printed
    const json results = json::parse(text);
    CHECK(results.at("output_format") == "text");
    for (const json& one : results.at("tests")) {
        CHECK(one.at("output_format") == "text");
        CHECK(one.at("name_format") == "text");
    }
    CHECK(has(results.at("tests").at(1).at("output"), "</pre><script>alert(1)</script>"));
}

TEST_CASE("a missing file and one that does not compile cost their points, and are told apart") {
    ExerciseResult missing = two_parts({});
    missing.status = Status::missing;
    missing.score = 0;
    for (PartResult& part : missing.parts) part.status = Status::missing, part.score = 0, part.tests.clear();
    const json results = gradescope(result_of(missing, true));
    CHECK(results.at("score") == 0);
    REQUIRE(results.at("tests").size() == 3);
    CHECK(results.at("tests").at(0).at("name") == "alpha.cpp is missing");
    CHECK(results.at("tests").at(1).at("max_score") == 3);
    ExerciseResult broken = missing;
    broken.status = Status::build_failed;
    broken.fault.kind = BuildFault::Kind::compiler;
    broken.diagnostics = "alpha.cpp:3:9: error: use of undeclared identifier 'nothing'\n";
    const json failed = gradescope(result_of(broken, true));
    CHECK(failed.at("tests").at(0).at("name") == "alpha.cpp does not compile");
    CHECK(has(failed.at("tests").at(0).at("output"), "alpha.cpp:3:9: error: use of undeclared identifier 'nothing'"));
}

TEST_CASE("where something could not be graded there are no scores, and only instructors read why") {
    Result result = result_of(two_parts({test_of("law two", Verdict::failed)}), true);
    result.not_graded = {{"beta", {"no memory in /secret/place", ""}}};
    const std::string text = to_gradescope(result);
    CHECK(text.find("score\"") == std::string::npos);
    const json results = json::parse(text);
    CHECK(has(at_once(results), "no points are lost"));
    CHECK_FALSE(has(at_once(results), "/secret/place"));
    CHECK(has(text, "beta was not graded: no memory in /secret/place"));
    CHECK(has(text, "Rerun"));
}

TEST_CASE("GitHub is pointed at the line of a mistake: where it happened, else where its function begins") {
    const Scratch scratch;
    ExerciseResult result = two_parts({test_of("law two", Verdict::failed)});
    result.source = scratch.write("alpha.cpp", "#include <x>\n\nint f(int a) {\n    return a;\n}\n");
    result.exercise.limits.source_kilobytes = 10;
    const std::string file = "::error file=" + result.source.string() + ",line=";
    CHECK(
        github_annotations(result_of(result)).starts_with(file + "3,title=alpha · The second 0/2::law two%0Amessage"));
    result.parts[1].tests[0].line = 4;
    CHECK(github_annotations(result_of(result)).starts_with(file + "4,title="));
    result.status = Status::build_failed;
    result.fault.kind = BuildFault::Kind::compiler;
    result.diagnostics = result.source.string() + ":2:9: error: no, 100%: 'nothing'\n";
    for (PartResult& part : result.parts) part.status = Status::build_failed;
    CHECK(github_annotations(result_of(result)).starts_with(file + "2,title=alpha%3A does not compile::"));
    CHECK(has(github_annotations(result_of(result)), "no, 100%25: 'nothing'"));
}

TEST_CASE("GitHub's runner finds no command, no property and no line break in what a learner wrote") {
    TestResult test = test_of(hostile, Verdict::failed);
    test.message = test.diagnosis = hostile;
    ExerciseResult result = two_parts({test});
    result.source = "folder,line=9::x\n::error::y/alpha.cpp";
    const std::string lines = github_annotations(result_of(result));
    CHECK(lines.find('\n') == lines.size() - 1);  // one line, one command
    CHECK(lines.find('\r') == std::string::npos);
    CHECK(lines.find('\x1b') == std::string::npos);
    CHECK(lines.find("##[") == std::string::npos);
    CHECK(has(lines, "%250A"));  // what the learner escaped stays as it was written
    const std::string properties = lines.substr(0, lines.find("::", 2));
    CHECK(std::count(properties.begin(), properties.end(), ',') == 2);
    CHECK(has(properties, "folder%2Cline=9%3A%3Ax "));
}

TEST_CASE("GitHub's summary is never larger than GitHub takes, and has all points") {
    TestResult test = test_of("law two", Verdict::failed);
    test.message = std::string(7000, '`');
    Result result = result_of(two_parts(std::vector<TestResult>(60, test)));
    result.exercises.resize(140, ExerciseResult(result.exercises.front()));
    const std::string text = github_summary(result);
    CHECK(text.size() <= 1'000'000);
    CHECK(has(text, "There is more than a summary can hold"));
    CHECK(text.starts_with("## qkv: 420 / 700\n"));
}

TEST_CASE("in GitHub's summary what a learner wrote stays within its fence") {
    TestResult test = test_of("law two", Verdict::failed);
    test.message = hostile;
    const std::string text = github_summary(result_of(two_parts({test})));
    CHECK(text.starts_with("## qkv: 3 / 5\n"));
    CHECK(has(text, "| ✅ The first | 3 / 3 |  |\n"));
    CHECK(has(text, "| ❌ The second | 0 / 2 | `failed` |\n"));
    // The fence is longer than the four backticks in it; GitHub ends it only at as many.
    const std::size_t begin = text.find("\n`````text\n"), inside = text.find("<script>"), end = text.find("\n`````\n");
    CHECK(begin < inside);
    CHECK(inside < end);
    CHECK(end < text.size());
    CHECK(text.find("\n::") == std::string::npos);
    CHECK(text.find("##[") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
}
