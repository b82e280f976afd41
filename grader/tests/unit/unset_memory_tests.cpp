// Words about a number that was never set.
#include "qkv/matrix.hpp"

#include "testing/catch2.hpp"
#include "unset_memory.hpp"

using namespace qkv;

namespace {

std::string said(const std::string& found, const std::string& expected, const std::string& kind = "difference") {
    Facts facts;
    facts.kind = kind;
    facts.values = {{"found", found}, {"expected", expected}, {"found_shape", "6 x 4"}};
    return unset_memory_words(facts, Language::en);
}

}  // namespace

TEST_CASE("a number as memory holds it is explained, others are not") {
    CHECK(said("2.3e+231", "0.25").find("Matrix r(6, 4)") != std::string::npos);
    CHECK(said("-2.3e+231", "0.25").find("Matrix::Zero(6, 4)") != std::string::npos);
    CHECK(!said("4.9e-320", "1").empty());
    CHECK(!said("1e+200", "0").empty());
    CHECK(said("0", "1").empty());
    CHECK(said("1e+50", "1").empty());
    CHECK(said("1e+231", "2e+231").empty());
    CHECK(said("inf", "1").empty());
    CHECK(said("nan", "1").empty());
    CHECK(said("1e+231", "1", "shape").empty());
}
