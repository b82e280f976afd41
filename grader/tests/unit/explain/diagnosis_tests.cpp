// A mistake is named only when the learner's calls speak for it, and nothing speaks against it.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "explain/diagnosis.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;

using Names = std::vector<std::string>;

const std::map<std::string, Text> diagnoses = {
    {"adds", {"You add.", "你在做加法。"}},
    {"also_adds", {"You add.", "你在做加法。"}},
    {"halves", {"You halve.", ""}},
};

CallFacts right(const Names& wrong) { return {"f", "0", true, {}, wrong, {}}; }
CallFacts wrong_as(const Names& equal, const Names& wrong) { return {"f", "0", false, equal, wrong, {}}; }

TestResult test(Verdict verdict, std::vector<CallFacts> calls) {
    TestResult result;
    result.report.verdict = verdict;
    result.report.calls = std::move(calls);
    const auto first = std::ranges::find(result.report.calls, false, &CallFacts::right);
    result.report.failing_call.number = static_cast<int>(first - result.report.calls.begin()) + 1;
    result.report.failing_call.function = "f";
    return result;
}

/// The diagnoses of all tests of an exercise with these parts.
Names read_in_parts(const std::vector<std::vector<TestResult>>& parts, Language language = Language::en) {
    ExerciseResult result;
    for (const auto& tests : parts) result.parts.emplace_back().tests = tests;
    diagnose(result, diagnoses, language);
    Names all;
    for (const PartResult& part : result.parts) {
        for (const TestResult& one : part.tests) all.push_back(one.diagnosis);
    }
    return all;
}

Names read(const std::vector<TestResult>& tests, Language language = Language::en) {
    return read_in_parts({tests}, language);
}

const Names mutants = {"adds", "halves"};

}  // namespace

TEST_CASE("an output that is a mutant's names its mistake, in the reader's language") {
    CHECK(read({test(Verdict::failed, {wrong_as({"adds"}, mutants)})}) == Names{"You add."});
    CHECK(read({test(Verdict::failed, {wrong_as({"adds"}, mutants)})}, Language::zh) == Names{"你在做加法。"});
    CHECK(read({test(Verdict::failed, {wrong_as({"halves"}, mutants)})}, Language::zh) == Names{"You halve."});
}

TEST_CASE("only failed tests that show the mistake are told about it") {
    CHECK(read({test(Verdict::failed, {wrong_as({"adds"}, mutants)}), test(Verdict::failed, {wrong_as({}, {})}),
                test(Verdict::passed, {wrong_as({"adds"}, mutants)}), test(Verdict::crashed, {})}) ==
          Names{"You add.", "", "", ""});
}

TEST_CASE("a right output where the mutant is wrong contradicts it") {
    CHECK(read({test(Verdict::failed, {wrong_as({"adds"}, mutants), wrong_as({"adds"}, mutants)}),
                test(Verdict::passed, {right({"adds"})})}) == Names{"", ""});
    CHECK(read({test(Verdict::failed, {wrong_as({"adds"}, mutants)}), test(Verdict::passed, {right({"halves"})})}) ==
          Names{"You add.", ""});
}

TEST_CASE("another wrong output may be a second mistake: then the first failing test's is named, and no other") {
    const TestResult shows = test(Verdict::failed, {wrong_as({"adds"}, {"adds"}), wrong_as({"adds"}, {"adds"})});
    const TestResult shows_both = test(Verdict::failed, {wrong_as({}, {"adds"})});
    CHECK(read({shows, shows_both}) == Names{"You add.", ""});
    CHECK(read({shows_both, shows}) == Names{"", ""});
    CHECK(read({shows, shows, shows_both}) == Names{"You add.", "", ""});
    // One equal output is a coincidence, and so are fewer than those that differ.
    CHECK(read({test(Verdict::failed, {wrong_as({"adds"}, {"adds"})}), shows_both}) == Names{"", ""});
    CHECK(read({shows, shows_both, shows_both, shows_both}) == Names{"", "", "", ""});
    // What explains all of a part comes before.
    CHECK(read({shows, test(Verdict::failed, {wrong_as({"halves"}, {"adds", "halves"})})}) == Names{"", "You halve."});
    // One right output takes the mistake back.
    CHECK(read({shows, shows_both, test(Verdict::passed, {right({"adds"})})}) == Names{"", "", ""});
}

TEST_CASE("two sentences that fit equally well are both kept back, one that fits better is told") {
    CHECK(read({test(Verdict::failed, {wrong_as({"adds", "halves"}, mutants)})}) == Names{""});
    CHECK(read({test(Verdict::failed, {wrong_as({"adds", "halves"}, mutants), wrong_as({"halves"}, mutants)})}) ==
          Names{"You halve."});
    CHECK(read({test(Verdict::failed, {wrong_as({"adds", "halves"}, mutants), wrong_as({"adds"}, mutants)})}) ==
          Names{"You add."});
}

TEST_CASE("a mutant whose first part contradicts it is not named in a later one") {
    const TestResult both = test(Verdict::failed, {wrong_as({"adds", "halves"}, mutants)});
    CHECK(read_in_parts({{test(Verdict::passed, {right({"adds"})})}, {both}}) == Names{"", "You halve."});
    CHECK(read_in_parts({{both}, {test(Verdict::passed, {right(mutants)})}}) == Names{"", ""});
}

TEST_CASE("the echo of an earlier mistake is not named, in the blocked part or after it") {
    const TestResult shows = test(Verdict::failed, {wrong_as({"adds"}, mutants)});
    ExerciseResult result;
    for (const Status status : {Status::blocked, Status::failed}) {
        result.parts.emplace_back().tests = {shows};
        result.parts.back().status = status;
    }
    diagnose(result, diagnoses, Language::en);
    CHECK(result.parts[0].tests[0].diagnosis.empty());
    CHECK(result.parts[1].tests[0].diagnosis.empty());
}

TEST_CASE("a later part takes nothing back") {
    CHECK(read_in_parts({{test(Verdict::failed, {wrong_as({"adds"}, mutants)})},
                         {test(Verdict::passed, {right({"adds"})})}}) == Names{"You add.", ""});
}

TEST_CASE("two mutants with one sentence do not stand in each other's way") {
    const Names both = {"adds", "also_adds"};
    CHECK(read({test(Verdict::failed, {wrong_as(both, both)})}) == Names{"You add."});
    // Both tests show the mistake, each by another of the two mutants.
    CHECK(read({test(Verdict::failed, {wrong_as({"adds"}, {"adds"})}),
                test(Verdict::failed, {wrong_as({"also_adds"}, {"also_adds"})})}) == Names{"You add.", "You add."});
}

TEST_CASE("a mutant without a sentence, and a call without mutants, say nothing") {
    CHECK(read({test(Verdict::failed, {wrong_as({"unknown"}, {"unknown"})})}) == Names{""});
    CHECK(read({test(Verdict::failed, {wrong_as({}, {})}), test(Verdict::failed, {})}) == Names{"", ""});
}
