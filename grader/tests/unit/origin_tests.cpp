// Names of functions and what made NaN: the words for its origin.
#include <string>

#include "qkv/matrix.hpp"

#include "explain/origin.hpp"
#include "explain/symbolize.hpp"
#include "harness/catch2.hpp"

using namespace qkv::grader;

TEST_CASE("a function has the name that its author knows") {
    const std::string matrix = "Eigen::Matrix<double, -1, -1, 1, -1, -1> const&";
    CHECK(short_name("attention::softmax_rows(" + matrix + ")") == "softmax_rows");
    CHECK(short_name("attention::(anonymous namespace)::helper(" + matrix + ", long)") == "helper");
    CHECK(short_name("attention::softmax_rows(" + matrix + ")::$_0::operator()(double) const") == "softmax_rows");
    CHECK(short_name("attention::softmax_rows(" + matrix + ")::{lambda(double)#1}::operator()(double) const") ==
          "softmax_rows");
    CHECK(short_name("double attention::mean<std::vector<int> >(std::vector<int> const&)") == "mean");
    CHECK(short_name("attention::Norm::apply(double) const") == "apply");
    CHECK(short_name("helper") == "helper");
}

TEST_CASE("what has no name, or a hostile one, gets none") {
    CHECK(short_name("??").empty());
    CHECK(short_name("").empty());
    CHECK(short_name("attention::$_1::operator()(double) const").empty());
    CHECK(short_name("attention::operator+(int, int)").empty());
    CHECK(short_name("all points earned\x1b[31m").empty());
    CHECK(short_name(std::string(100, 'a')).empty());
}

TEST_CASE("only arithmetic makes NaN; a comparison meets one") {
    CHECK(arithmetic_of("divsd") == "division");
    CHECK(arithmetic_of("vdivpd") == "division");
    CHECK(arithmetic_of("subps") == "sum");
    CHECK(arithmetic_of("mulsd") == "product");
    CHECK(arithmetic_of("sqrtsd") == "root");
    CHECK(arithmetic_of("vfmadd213sd") == "product_sum");
    for (const char* other : {"", "maxpd", "cmpltpd", "comisd", "cvttsd2si", "idivl", "div", "addq", "fdivp", "(bad)"})
        CHECK(arithmetic_of(other).empty());
}

TEST_CASE("the origin is told in both languages, and only where it is known") {
    Facts facts{"not_finite", {{"origin", "nan"}, {"origin_by", "division"}, {"place_function", "helper"}}, {}};
    CHECK(origin_words(facts, "attention", 23, Language::en) ==
          "NaN was first made in helper, at attention.cpp:23, by a division, 0/0 or inf/inf.");
    CHECK(origin_words(facts, "attention", 23, Language::zh) ==
          "第一个 NaN 产生在 attention.cpp 第 23 行（helper 中）：除法（0/0 或 inf/inf）。");
    facts.values["origin"] = "infinity";
    facts.values.erase("place_function");
    facts.values["origin_inside"] = "attend";
    CHECK(origin_words(facts, "encoder", 9, Language::en) ==
          "An infinity was first made at encoder.cpp:9, inside attend, by a division, by zero or by too small a "
          "number.");
    CHECK(origin_words(facts, "encoder", 9, Language::zh).find("encoder.cpp 第 9 行所调用的 attend") !=
          std::string::npos);
    facts.values.erase("origin");
    CHECK(origin_words(facts, "encoder", 9, Language::en).find("NaN comes from 0/0") == 0);
    facts.kind = "assertion";
    CHECK(origin_words(facts, "encoder", 9, Language::en).empty());
}

TEST_CASE("only a certain place is told") {
    const Frame learner{"softmax_rows", false, "/work/attention.cpp", 42};
    const Frame eigen{"run", false, "/usr/include/eigen3/Eigen/src/Core/AssignEvaluator.h", 7};
    const Frame needed{"attend", false, "/work/other.cpp", 3}, log{"__math_invalid", true, "", 0};
    const auto origin = [&](const std::vector<Frame>& stack, const std::string& instruction) {
        Facts facts{"not_finite", {{"origin", "nan"}}, {0}};
        add_origin(stack, first_in(stack, "attention.cpp"), instruction, facts);
        return facts.values;
    };
    CHECK(origin({eigen, learner}, "divpd").at("origin_by") == "division");
    CHECK(origin({log, eigen, learner}, "divsd").at("origin_by") == "function");
    CHECK(origin({needed, eigen, learner}, "divsd").at("origin_inside") == "attend");
    CHECK_FALSE(origin({eigen, learner}, "divpd").contains("origin_inside"));
    CHECK_FALSE(origin({eigen, learner}, "maxpd").contains("origin"));
    CHECK_FALSE(origin({eigen, needed}, "divpd").contains("origin"));
    CHECK_FALSE(origin({}, "divpd").contains("origin"));
    CHECK_FALSE(origin({{"__math_divzero", true, "", 0}, learner}, "divsd").contains("origin"));
}
