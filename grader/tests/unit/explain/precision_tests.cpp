// Errors of single precision are told from others by their size and by the numbers themselves.
#include <cmath>
#include <string>

#include "qkv/matrix.hpp"

#include "explain/facts.hpp"
#include "harness/catch2.hpp"
#include "record/compare.hpp"

#ifndef QKV_FLOAT  // whose tolerance is larger than all this

using qkv::Matrix;
using qkv::Scalar;

namespace {

/// What is said: "single", "low", or nothing.
std::string of(const Matrix& found, const Matrix& expected) {
    const auto facts = qkv::record::compare(found, expected, 1e-9);
    const std::string words = facts ? qkv::grader::precision_words(*facts, qkv::grader::Language::en) : "";
    if (words.find("computed in single precision") != std::string::npos) return "single";
    return words.find("a float on the way?") != std::string::npos ? "low" : words;
}

const Matrix third{{Scalar(1) / 3, 2, Scalar(-5) / 7}, {100 * std::sqrt(Scalar(2)), Scalar(1e-4) / 3, 0}};

Matrix in_float(const Matrix& matrix) { return matrix.cast<float>().cast<Scalar>(); }

}  // namespace

TEST_CASE("numbers that are all floats, and nearly right, were computed in single precision") {
    CHECK(of(in_float(third), third) == "single");
    CHECK(of(in_float(3 * in_float(third)), 3 * third) == "single");
}

TEST_CASE("nearly right and no floats: a float on the way, or something small was added") {
    CHECK(of(3 * in_float(third), 3 * third) == "low");
    CHECK(of(third.array() * (1 + 1e-8), third) == "low");
    CHECK(of(third.array() + 1e-8, third) == "low");
}

TEST_CASE("one larger error anywhere, or none, and it is no question of precision") {
    CHECK(of(third, third).empty());
    Matrix wrong = in_float(third);
    wrong(1, 2) = 1e-5;
    CHECK(of(wrong, third).empty());
    wrong(1, 2) = std::nan("");
    CHECK(of(wrong, third).empty());
    CHECK(of(in_float(third).leftCols(2), third).empty());
}

TEST_CASE("where the right numbers are floats themselves, an error says nothing about floats") {
    const Matrix whole{{1, 2, 3}};
    CHECK(of(whole.array() + std::ldexp(1, -22), whole) == "low");
}

TEST_CASE("numbers of few digits, such as 1.5, are floats however they were computed") {
    const Matrix millionth{{1.5 / (1 + 1e-7), -0.375 / (1 + 1e-7)}}, short_numbers{{1.5, -0.375}};
    CHECK(of(short_numbers, millionth) == "low");
    CHECK(of(in_float(millionth), millionth) == "single");
}

TEST_CASE("where a mistake is named, or most errors are large, nobody asks for floats") {
    using namespace qkv::grader;
    const auto differing = [](const char* relative) {
        TestResult test;
        test.report.facts.fault = qkv::record::Fault::difference;
        test.report.facts.difference.relative = relative;
        return test;
    };
    PartResult part;
    part.tests = {differing("1e-8"), differing("0.5")};
    CHECK(asks_for_floats(part));
    part.tests.push_back(differing("2"));
    CHECK(!asks_for_floats(part));
    part.tests = {differing("1e-8"), TestResult()};
    CHECK(asks_for_floats(part));
    part.tests[0].diagnosis = "Epsilon is missing.";
    CHECK(!asks_for_floats(part));
}

#endif
