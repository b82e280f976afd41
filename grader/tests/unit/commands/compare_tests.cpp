// What ./grade compare says of a difference.
#include <string>

#include "qkv/matrix.hpp"

#include "commands/commands.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;

/// A generated case in which this function gave a wrong value.
TestResult different(const std::string& function) {
    TestResult test;
    test.hidden = true;
    test.report.smallest = {function, {"qkv::RowVector{{1}}"}, "qkv::RowVector{{1}}", "qkv::RowVector{{2}}", 1};
    return test;
}

/// A visible test whose mistake is known.
TestResult named(const std::string& function, const std::string& diagnosis) {
    TestResult test;
    test.report.failing_call = {1, function, "(1 x 1)"};
    test.diagnosis = diagnosis;
    return test;
}

}  // namespace

TEST_CASE("a mistake that is known of one function is not said of another one of the same part") {
    Exercise exercise;
    exercise.id = "decoding";
    exercise.folder = QKV_ROOT "/exercises/decoding";
    PartResult part;
    part.tests = {named("penalize_repetition", "Penalized too often.")};
    const auto words_on = [&](const std::string& function) {
        return smallest_difference(exercise, part, different(function), Language::en);
    };
    CHECK(words_on("penalize_repetition").find("Penalized too often.") != std::string::npos);
    CHECK(words_on("probabilities").find("Penalized") == std::string::npos);
    CHECK(words_on("probabilities").find("const auto logits = qkv::RowVector{{1}};") != std::string::npos);
}
