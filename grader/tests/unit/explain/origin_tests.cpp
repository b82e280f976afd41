// Names of functions and what made NaN: the words for its origin.
#include <string>
#include <tuple>
#include <vector>

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
    for (const auto& [processor, words, operation] :
         {std::tuple{"x86_64", std::vector{"divsd", "vdivpd"}, Operation::division},
          {"x86_64", {"subps", "addsd", "haddpd", "vaddsubpd"}, Operation::sum},
          {"x86_64", {"mulsd", "vmulps"}, Operation::product},
          {"x86_64", {"sqrtsd"}, Operation::root},
          {"x86_64", {"vfmadd213sd", "vfnmsub231ps"}, Operation::product_sum},
          {"x86_64",
           {"", "maxpd", "cmpltpd", "comisd", "cvttsd2si", "idivl", "div", "addq", "fdivp", "fdiv", "(bad)"},
           Operation::none},
          {"aarch64", {"fdiv"}, Operation::division},
          {"aarch64", {"fadd", "fsub", "faddp", "fabd"}, Operation::sum},
          {"aarch64", {"fmul", "fnmul", "fmulx"}, Operation::product},
          {"aarch64", {"fsqrt"}, Operation::root},
          {"aarch64", {"fmadd", "fnmsub", "fmla", "fmls"}, Operation::product_sum},
          {"aarch64",
           {"", "fmax", "fmaxnm", "fcmp", "fcmgt", "fcvtzs", "fneg", "fmov", "sdiv", "add", "madd", "divsd"},
           Operation::none},
          {"riscv64", {"fdiv.d", "fdiv", "divsd"}, Operation::none}}) {
        for (const std::string word : words) {
            INFO(processor << " " << word);
            CHECK((operation_of_instruction(word, processor) == operation));
        }
    }
}

TEST_CASE("the instruction at an address is read from what objdump writes for either processor") {
    const std::string x86 = R"(
worker:     file format elf64-x86-64


Disassembly of section .text:

0000000000001139 <fractions>:
    1139:	divsd  %xmm1,%xmm0
    113d:	ret
)";
    CHECK(instruction_in(x86, 0x1139) == "divsd");
    CHECK(instruction_in(x86, 0x113d) == "ret");
    CHECK(instruction_in(x86, 0x113b).empty());
    const std::string arm = R"(
worker:     file format elf64-littleaarch64


Disassembly of section .text:

0000000000012a70 <fractions>:
   12a70:	fdiv	v0.2d, v0.2d, v1.2d
   12a74:	ret
)";
    CHECK(instruction_in(arm, 0x12a70) == "fdiv");
    CHECK(instruction_in(arm, 0x12a74) == "ret");
    CHECK(instruction_in("", 0x12a74).empty());
}

namespace {

const Frame learner{"softmax_rows", false, "/home/attention.cpp", 42};
const Frame eigen{"run", false, "/usr/include/eigen3/Eigen/src/Core/AssignEvaluator.h", 7};
const Frame needed{"attend", false, "/home/other.cpp", 3}, library{"__math_invalid", true, "", 0};

std::string sentence(const std::vector<Frame>& stack, Operation operation,
                     qkv::record::Origin origin = qkv::record::Origin::nan, Language language = Language::en) {
    const Facts facts{.fault = Fault::not_finite, .origin = origin, .addresses = {0}};
    return origin_sentence(facts, "attention", stack, first_in(stack, "attention.cpp"), operation, language);
}

bool says(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

}  // namespace

TEST_CASE("the origin is told in both languages") {
    CHECK(sentence({eigen, learner}, Operation::division) ==
          "NaN was first made in softmax_rows, at attention.cpp:42, by a division, 0/0 or inf/inf.");
    CHECK(sentence({eigen, learner}, Operation::division, qkv::record::Origin::nan, Language::zh) ==
          "第一个 NaN 产生在 attention.cpp 第 42 行（softmax_rows 中）：除法（0/0 或 inf/inf）。");
    const Frame nameless{"", false, "/home/attention.cpp", 9};
    CHECK(sentence({needed, eigen, nameless}, Operation::division, qkv::record::Origin::infinity) ==
          "An infinity was first made at attention.cpp:9, inside attend, by a division, by zero or by too small a "
          "number.");
    CHECK(says(sentence({needed, nameless}, Operation::division, qkv::record::Origin::infinity, Language::zh),
               "attention.cpp 第 9 行所调用的 attend"));
    CHECK(says(sentence({library, eigen, learner}, Operation::division), "a mathematical function outside its domain"));
}

TEST_CASE("only a certain place is told; else what NaN comes from in general, where the test is about one") {
    for (const auto& [stack, operation] :
         {std::pair{std::vector{eigen, learner}, Operation::none},
          {std::vector{eigen, needed}, Operation::division},
          {std::vector<Frame>{}, Operation::division},
          {std::vector{Frame{"__math_divzero", true, "", 0}, learner}, Operation::division}})
        CHECK(says(sentence(stack, operation), "NaN comes from 0/0"));
    CHECK(says(sentence({eigen, learner}, Operation::division, qkv::record::Origin::none), "NaN comes from 0/0"));
    const Facts assertion{.fault = Fault::assertion, .origin = qkv::record::Origin::nan};
    CHECK(origin_sentence(assertion, "attention", {}, {}, Operation::none, Language::en).empty());
}
