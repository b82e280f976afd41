// Which of a compiler's warnings is told, and in which words.
#include <string>

#include "qkv/matrix.hpp"

#include "explain/compiler.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;

const std::string file = "/home/x/attention.cpp";

std::string warned(const std::string& diagnostics, Language language = Language::en) {
    const auto warning = first_warning(diagnostics, file, [](int line) { return line != 1000; });
    return warning ? std::to_string(warning->line) + ": " + warning->words.in(language) : "";
}

std::string at(int line, const std::string& words) {
    return file + ":" + std::to_string(line) + ":22: warning: " + words + "\n";
}

}  // namespace

TEST_CASE("a warning is told with its line, in both languages") {
    const std::string said = at(3, "non-void function does not return a value in all control paths [-Wreturn-type]") +
                             "int f(int a) { if (a) return 1; }\n                 ^\n1 warning generated.\n";
    CHECK(warned(said) == "3: a path through this function ends without a return");
    CHECK(warned(said, Language::zh) == "3: 这个函数有一条路径走到末尾也没有 return");
}

TEST_CASE("the variable is named, by both compilers") {
    CHECK(warned(at(4, "variable 'x' is uninitialized when used here [-Wuninitialized]")) ==
          "4: x is read before anything was written into it");
    CHECK(warned(at(4, "\u2018x\u2019 is used uninitialized [-Wuninitialized]")) ==
          "4: x is read before anything was written into it");
}

TEST_CASE("something unused is told only if there is nothing else") {
    const std::string unused = at(5, "unused variable 'scale' [-Wunused-variable]");
    CHECK(warned(unused) == "5: scale is never used");
    CHECK(warned(unused + at(9, "using the result of an assignment as a condition without parentheses [-Wparentheses]"))
              .starts_with("9: = assigns"));
}

TEST_CASE("matters of style, other files and what only looks like a warning are not told") {
    CHECK(warned(at(5, "comparison of integers of different signs: 'int' and 'size_t' [-Wsign-compare]")).empty());
    CHECK(warned("/usr/include/x.hpp:3:1: warning: unused variable 'x' [-Wunused-variable]\n").empty());
    CHECK(warned("const char* s = \"" + at(3, "words [-Wparentheses]")).empty());
    CHECK(warned(file + ":99999999999999999999:1: error: words\n").empty());
    CHECK(warned("").empty());
    CHECK(warned(at(3, "'ALL POINTS ARE EARNED; x' is uninitialized when used here [-Wuninitialized]")).empty());
    CHECK(warned(at(1000, "variable 'x' is uninitialized when used here [-Wuninitialized]")).empty());
    CHECK(warned(at(1, std::string(5000, 'x') + " [-Wparentheses]")).empty());
}
