// Numbers that look like memory which was never set.
#include "qkv/matrix.hpp"

#include "explain/facts.hpp"
#include "harness/catch2.hpp"

using namespace qkv::grader;

namespace {

std::string words(const std::string& found, const std::string& expected, Fault fault = Fault::difference) {
    Facts facts;
    facts.fault = fault;
    facts.difference.found = found;
    facts.difference.expected = expected;
    return unset_memory_words(facts, Language::en);
}

}  // namespace

TEST_CASE("a number as memory holds it is explained, others are not") {
    CHECK(words("2.3e+231", "0.25").find("never set") != std::string::npos);
    CHECK(words("-2.3e+231", "0.25").find("Matrix::Zero(rows, cols)") != std::string::npos);
    CHECK(!words("4.9e-320", "1").empty());
    CHECK(!words("1e+200", "0").empty());
    CHECK(!words("6.9e-310", "1").empty());          // a pointer
    CHECK(words("5.5555e-309", "0.33333").empty());  // Eigen's exp(-1000)
    CHECK(words("9.8e-305", "0.5").empty());         // exp(-700)
    CHECK(words("0", "1").empty());
    CHECK(words("1e+50", "1").empty());
    CHECK(words("1e+231", "2e+231").empty());
    CHECK(words("inf", "1").empty());
    CHECK(words("nan", "1").empty());
    CHECK(words("1e+231", "1", Fault::shape).empty());
}
