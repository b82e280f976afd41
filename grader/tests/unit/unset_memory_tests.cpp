// Numbers that look like memory which was never set.
#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "explain/unset_memory.hpp"

using namespace qkv::grader;

namespace {

std::string said(const std::string& found, const std::string& expected, const std::string& kind = "difference") {
    Facts facts;
    facts.kind = kind;
    facts.values = {{"found", found}, {"expected", expected}};
    return unset_memory_words(facts, Language::en);
}

}  // namespace

TEST_CASE("a number as memory holds it is explained, others are not") {
    CHECK(said("2.3e+231", "0.25").find("never set") != std::string::npos);
    CHECK(said("-2.3e+231", "0.25").find("Matrix::Zero(rows, cols)") != std::string::npos);
    CHECK(!said("4.9e-320", "1").empty());
    CHECK(!said("1e+200", "0").empty());
    CHECK(said("0", "1").empty());
    CHECK(said("1e+50", "1").empty());
    CHECK(said("1e+231", "2e+231").empty());
    CHECK(said("inf", "1").empty());
    CHECK(said("nan", "1").empty());
    CHECK(said("1e+231", "1", "shape").empty());
}
