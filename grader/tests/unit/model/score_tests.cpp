// From reports of test cases to the status and points of each part.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/failure.hpp"
#include "grading/score.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;

/// An exercise of three parts; `last` comes after `middle`, which comes after `first`.
ExerciseResult three_parts() {
    ExerciseResult result;
    result.exercise.id = "alpha";
    result.exercise.folder = "exercises/alpha";
    for (const auto& [id, points] : {std::pair{"first", 1}, {"middle", 2}, {"last", 4}}) {
        Part part;
        part.id = id;
        part.points = points;
        if (!result.parts.empty()) part.after = {result.parts.back().part.id};
        part.line = 10 * points;
        result.parts.emplace_back().part = part;
    }
    return result;
}

CaseReport test_of(const std::string& part, Verdict verdict) {
    CaseReport report;
    report.name_en = name_of(verdict) + " in " + part;
    report.tags = {part};
    report.verdict = verdict;
    return report;
}

/// A test whose call of `function` reached the todo of another function, or its own.
CaseReport todo_of(const std::string& part, const std::string& function, const std::string& reached) {
    CaseReport report = test_of(part, Verdict::not_implemented);
    report.facts = {.fault = Fault::todo, .function = function, .todo = reached};
    return report;
}

CaseReport missing(const std::string& part, const std::string& function) {
    CaseReport report = test_of(part, Verdict::not_implemented);
    report.facts = {.fault = Fault::missing, .function = function, .todo = function};
    return report;
}

ExerciseResult scored(const std::vector<CaseReport>& cases, const std::set<std::string>& failed_needs = {}) {
    RunReport run;
    run.cases = cases;
    ExerciseResult result = three_parts();
    add_tests(result, run, {}, false);
    score_parts(result, failed_needs);
    return result;
}

std::vector<Status> statuses(const ExerciseResult& result) {
    std::vector<Status> all;
    for (const PartResult& part : result.parts) all.push_back(part.status);
    return all;
}

std::string fault_of(const auto& action) {
    try {
        action();
    } catch (const Failure& failure) {
        return (failure.status == kit_fault ? "kit: " : "other: ") + std::string(failure.what());
    }
    return "none";
}

using Statuses = std::vector<Status>;

}  // namespace

TEST_CASE("parts whose tests all passed earn their points") {
    const auto result = scored(
        {test_of("first", Verdict::passed), test_of("middle", Verdict::passed), test_of("last", Verdict::passed)});
    CHECK((statuses(result) == Statuses{Status::passed, Status::passed, Status::passed}));
    CHECK(result.score == 7);
    CHECK(result.parts[2].score == 4);
}

TEST_CASE("one test that did not pass takes all points of its part") {
    for (const Verdict verdict : {Verdict::failed, Verdict::crashed, Verdict::timed_out, Verdict::out_of_memory,
                                  Verdict::forbidden, Verdict::bad_reply, Verdict::not_run}) {
        const auto result = scored({test_of("first", Verdict::passed), test_of("middle", Verdict::passed),
                                    test_of("last", Verdict::passed), test_of("last", verdict)});
        CHECK((statuses(result) == Statuses{Status::passed, Status::passed, Status::failed}));
        CHECK(result.parts[2].score == 0);
        CHECK(result.score == 3);
    }
}

TEST_CASE("a part comes after one that failed: it is blocked by it, and so is what follows") {
    const auto result = scored(
        {test_of("first", Verdict::failed), test_of("middle", Verdict::failed), test_of("last", Verdict::crashed)});
    CHECK((statuses(result) == Statuses{Status::failed, Status::blocked, Status::blocked}));
    CHECK(result.parts[1].root_cause == "first");
    CHECK(result.parts[2].root_cause == "first");
    CHECK(result.score == 0);
}

TEST_CASE("a part that passes is earned, though the one before it failed") {
    const auto result = scored(
        {test_of("first", Verdict::failed), test_of("middle", Verdict::passed), test_of("last", Verdict::failed)});
    CHECK((statuses(result) == Statuses{Status::failed, Status::passed, Status::failed}));
    CHECK(result.score == 2);
}

TEST_CASE("a part is not written yet when a call reached its own todo, or its function is missing") {
    const auto result = scored({todo_of("first", "f", "f"), missing("middle", "g"), test_of("last", Verdict::passed)});
    CHECK((statuses(result) == Statuses{Status::not_implemented, Status::not_implemented, Status::passed}));
    CHECK(result.score == 4);
}

TEST_CASE("an own todo is told before another's, and before a failed part") {
    const auto result =
        scored({todo_of("first", "f", "f"), test_of("middle", Verdict::failed), todo_of("middle", "g", "f"),
                todo_of("middle", "g", "g"), test_of("last", Verdict::passed)});
    CHECK((statuses(result) == Statuses{Status::not_implemented, Status::not_implemented, Status::passed}));
}

TEST_CASE("a part that reached another function's todo is blocked by that function") {
    const auto result =
        scored({test_of("first", Verdict::passed), test_of("middle", Verdict::passed), todo_of("last", "g", "helper")});
    CHECK((statuses(result) == Statuses{Status::passed, Status::passed, Status::blocked}));
    CHECK(result.parts[2].root_cause == "helper");
}

TEST_CASE(
    "a hidden test that reaches a todo does not say which: the word is the learner's, and could tell its inputs") {
    RunReport visible, hidden;
    visible.cases = {test_of("first", Verdict::passed), test_of("middle", Verdict::passed),
                     todo_of("last", "g", "helper")};
    hidden.cases = {todo_of("middle", "g", "1.25 -3.5"), todo_of("last", "g", "0.75 2.5")};
    ExerciseResult result = three_parts();
    add_tests(result, visible, {}, false);
    add_tests(result, hidden, {}, true);
    score_parts(result, {});
    CHECK((statuses(result) == Statuses{Status::passed, Status::blocked, Status::blocked}));
    CHECK(result.parts[1].root_cause == "todo()");
    CHECK(result.parts[2].root_cause == "todo()");  // it comes after the middle one
    result = three_parts();
    hidden.cases.erase(hidden.cases.begin());
    add_tests(result, visible, {}, false);
    add_tests(result, hidden, {}, true);
    score_parts(result, {});
    CHECK(result.parts[2].root_cause == "helper");
}

TEST_CASE("a part that fails while a needed exercise does is blocked by it, and only then") {
    const auto result = scored(
        {test_of("first", Verdict::failed), test_of("middle", Verdict::passed), test_of("last", Verdict::passed)},
        {"beta"});
    CHECK((statuses(result) == Statuses{Status::blocked, Status::passed, Status::passed}));
    CHECK(result.parts[0].root_cause == "beta");
}

TEST_CASE("a planned test that never reported did not run") {
    RunReport run;
    run.cases = {test_of("first", Verdict::passed), test_of("middle", Verdict::passed),
                 test_of("last", Verdict::passed)};
    run.plan = {
        {"passed in first", "", "[first]"}, {"never came", "没有来", "[slow][last]"}, {"elsewhere", "", "[other]"}};
    ExerciseResult result = three_parts();
    add_tests(result, run, {}, true);
    score_parts(result, {});
    CHECK((statuses(result) == Statuses{Status::passed, Status::passed, Status::failed}));
    REQUIRE(result.parts[2].tests.size() == 2);
    const TestResult& absent = result.parts[2].tests[1];
    CHECK((absent.report.verdict == Verdict::not_run));
    CHECK(absent.report.name_zh == "没有来");
    CHECK((absent.report.facts.fault == Fault::exercise_limit));
    CHECK(absent.hidden);
}

TEST_CASE("hidden tests count as visible ones do") {
    ExerciseResult result = three_parts();
    RunReport visible, hidden;
    visible.cases = {test_of("first", Verdict::passed), test_of("middle", Verdict::passed),
                     test_of("last", Verdict::passed)};
    hidden.cases = {test_of("middle", Verdict::failed)};
    add_tests(result, visible, {}, false);
    add_tests(result, hidden, {}, true);
    score_parts(result, {});
    CHECK((statuses(result) == Statuses{Status::passed, Status::failed, Status::passed}));
    CHECK_FALSE(result.parts[1].tests[0].hidden);
    CHECK(result.parts[1].tests[1].hidden);
}

TEST_CASE("a test without a part is a fault of the kit") {
    CHECK(
        fault_of([] { scored({test_of("elsewhere", Verdict::passed)}); }) ==
        "kit: exercises/alpha/exercise.toml: the test \"passed in elsewhere\" is tagged with no part of the exercise");
}

TEST_CASE("a part without a test is a fault of the kit") {
    CHECK(fault_of([] { scored({test_of("middle", Verdict::passed)}); }) ==
          "kit: exercises/alpha/exercise.toml:10: part \"first\" has no test\n"
          "exercises/alpha/exercise.toml:40: part \"last\" has no test");
}

TEST_CASE("without a worker no part has points") {
    ExerciseResult result = three_parts();
    score_nothing(result, Status::build_failed);
    CHECK((result.status == Status::build_failed));
    CHECK((statuses(result) == Statuses{Status::build_failed, Status::build_failed, Status::build_failed}));
    CHECK(result.score == 0);
}

TEST_CASE("a result sums its exercises, and parts that earned nothing count") {
    Result result;
    result.exercises = {scored({test_of("first", Verdict::passed), test_of("middle", Verdict::failed),
                                test_of("last", Verdict::passed)}),
                        three_parts()};
    CHECK(result.score() == 5);
    CHECK(result.max_score() == 14);
}

TEST_CASE("what waits for a failed part is tried with its functions from the reference, and with nothing of its own") {
    ExerciseResult result = three_parts();
    result.parts[0].part.functions = {"one"};
    result.parts[1].part.functions = {"two"};
    result.parts[2].part.functions = {"three"};
    RunReport run;
    run.cases = {test_of("first", Verdict::failed), test_of("middle", Verdict::failed),
                 test_of("last", Verdict::failed)};
    add_tests(result, run, {}, false);
    const Waiting waiting = waiting_parts(result);
    CHECK(waiting.functions == std::vector<std::string>{"one"});
    CHECK(waiting.parts == std::map<std::string, std::vector<std::string>>{{"middle", {"one"}}, {"last", {"one"}}});

    // Tried, and failed by itself: the last part waits for it now.
    result.parts[1].with_reference = result.parts[2].with_reference = {"one"};
    const Waiting next = waiting_parts(result);
    CHECK(next.functions == std::vector<std::string>{"one", "two"});
    CHECK(next.parts == std::map<std::string, std::vector<std::string>>{{"last", {"one", "two"}}});

    // One function in two parts: whoever grades it is not lent it.
    result.parts[2].part.functions = {"two"};
    CHECK(waiting_parts(result).parts.empty());

    // A manifest that names no functions: as before, the part waits.
    result.parts[0].part.functions.clear();
    result.parts[1].with_reference = result.parts[2].with_reference = {};
    CHECK(waiting_parts(result).parts.empty());
}
