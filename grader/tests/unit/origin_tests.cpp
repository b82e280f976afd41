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
    const auto is = [](const char* instruction, Operation operation) {
        return operation_of_instruction(instruction) == operation;
    };
    CHECK(is("divsd", Operation::division));
    CHECK(is("vdivpd", Operation::division));
    CHECK(is("subps", Operation::sum));
    CHECK(is("mulsd", Operation::product));
    CHECK(is("sqrtsd", Operation::root));
    CHECK(is("vfmadd213sd", Operation::product_sum));
    for (const char* other : {"", "maxpd", "cmpltpd", "comisd", "cvttsd2si", "idivl", "div", "addq", "fdivp", "(bad)"})
        CHECK(is(other, Operation::none));
}

namespace {

const Frame learner{"softmax_rows", false, "/home/attention.cpp", 42};
const Frame eigen{"run", false, "/usr/include/eigen3/Eigen/src/Core/AssignEvaluator.h", 7};
const Frame needed{"attend", false, "/home/other.cpp", 3}, library{"__math_invalid", true, "", 0};

std::string sentence(const std::vector<Frame>& stack, const std::string& instruction,
                     qkv::record::Origin origin = qkv::record::Origin::nan, Language language = Language::en) {
    const Facts facts{.fault = Fault::not_finite, .origin = origin, .addresses = {0}};
    return origin_sentence(facts, "attention", stack, first_in(stack, "attention.cpp"), instruction, language);
}

bool says(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

}  // namespace

TEST_CASE("the origin is told in both languages") {
    CHECK(sentence({eigen, learner}, "divpd") ==
          "NaN was first made in softmax_rows, at attention.cpp:42, by a division, 0/0 or inf/inf.");
    CHECK(sentence({eigen, learner}, "divpd", qkv::record::Origin::nan, Language::zh) ==
          "第一个 NaN 产生在 attention.cpp 第 42 行（softmax_rows 中）：除法（0/0 或 inf/inf）。");
    const Frame nameless{"", false, "/home/attention.cpp", 9};
    CHECK(sentence({needed, eigen, nameless}, "divsd", qkv::record::Origin::infinity) ==
          "An infinity was first made at attention.cpp:9, inside attend, by a division, by zero or by too small a "
          "number.");
    CHECK(says(sentence({needed, nameless}, "divsd", qkv::record::Origin::infinity, Language::zh),
               "attention.cpp 第 9 行所调用的 attend"));
    CHECK(says(sentence({library, eigen, learner}, "divsd"), "a mathematical function outside its domain"));
}

TEST_CASE("only a certain place is told; else what NaN comes from in general, where the test is about one") {
    for (const auto& [stack, instruction] : {std::pair{std::vector{eigen, learner}, "maxpd"},
                                             {std::vector{eigen, needed}, "divpd"},
                                             {std::vector<Frame>{}, "divpd"},
                                             {std::vector{Frame{"__math_divzero", true, "", 0}, learner}, "divsd"}})
        CHECK(says(sentence(stack, instruction), "NaN comes from 0/0"));
    CHECK(says(sentence({eigen, learner}, "divpd", qkv::record::Origin::none), "NaN comes from 0/0"));
    const Facts assertion{.fault = Fault::assertion, .origin = qkv::record::Origin::nan};
    CHECK(origin_sentence(assertion, "attention", {}, {}, "", Language::en).empty());
}
