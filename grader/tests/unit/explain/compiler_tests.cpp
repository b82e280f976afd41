// What compilers say, cut down to the first error. The samples are what clang 14, g++ 12 and the
// linkers print, somewhat shortened.
#include <filesystem>
#include <string>

#include "qkv/matrix.hpp"

#include "build/worker.hpp"
#include "explain/compiler.hpp"
#include "explain/tables.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;

const std::string clang_undeclared = R"(attention.cpp:5:25: warning: unused variable 'y' [-Wunused-variable]
int unused(int x) { int y; return x; }
                        ^
attention.cpp:6:18: error: use of undeclared identifier 'nothing'
int f() { return nothing + 1; }
                 ^
attention.cpp:7:12: error: use of undeclared identifier 'also_nothing'
    return also_nothing;
           ^
1 warning and 2 errors generated.
)";

const std::string gcc_undeclared = R"(attention.cpp: In function ‘int unused(int)’:
attention.cpp:5:25: warning: unused variable ‘y’ [-Wunused-variable]
    5 | int unused(int x) { int y; return x; }
      |                         ^
attention.cpp: In function ‘int f()’:
attention.cpp:6:18: error: ‘nothing’ was not declared in this scope
    6 | int f() { return nothing + 1; }
      |                  ^~~~~~~
attention.cpp: In function ‘int g()’:
attention.cpp:7:80: error: ‘also_nothing’ was not declared in this scope
)";

const std::string clang_return_type =
    R"(attention.cpp:3:8: error: functions that differ only in their return type cannot be overloaded
double softmax_rows(const Matrix& m) { return m.rows(); }
~~~~~~ ^
./attention.hpp:2:67: note: previous declaration is here
Matrix softmax_rows(const Matrix& m);
~~~~~~ ^
1 error generated.
)";

const std::string gcc_return_type =
    R"(attention.cpp:3:8: error: ambiguating new declaration of ‘double attention::softmax_rows(const Matrix&)’
    3 | double softmax_rows(const Matrix& m) { return m.rows(); }
      |        ^~~~~~~~~~~~
In file included from attention.cpp:1:
attention.hpp:2:67: note: old declaration ‘attention::Matrix attention::softmax_rows(const Matrix&)’
)";

const std::string clang_in_header = R"(In file included from attention.cpp:1:
In file included from /usr/include/eigen3/Eigen/Core:253:
/usr/include/eigen3/Eigen/src/Core/functors/BinaryFunctors.h:34:77: error: no type named 'ReturnType' in 'Traits'
  typedef typename Traits<LhsScalar,RhsScalar,scalar_sum_op>::ReturnType result_type;
          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~^~~~~~~~~~
/usr/include/c++/12/type_traits:2565:7: note: in instantiation of template class 'scalar_sum_op' requested here
      std::declval<_Fn>()(std::declval<_Args>()...)
      ^
attention.cpp:9:70: note: in instantiation of function template specialization 'operator+' requested here
Matrix f(const Matrix& a) { Eigen::MatrixXf b(2,2); return a + b; }
                                                             ^
1 error generated.
)";

const std::string gcc_in_header = R"(In file included from /usr/include/c++/12/vector:60,
                 from attention.cpp:1:
/usr/include/c++/12/bits/predefined_ops.h: In instantiation of ‘bool _Iter_less_iter::operator()’:
/usr/include/c++/12/bits/stl_algo.h:4820:18:   required from ‘constexpr void std::sort(_RAIter, _RAIter)’
attention.cpp:9:38:   required from here
/usr/include/c++/12/bits/predefined_ops.h:45:23: error: no match for ‘operator<’ (operand types are ‘X’ and ‘X’)
   45 |       { return *__it1 < *__it2; }
      |                ~~~~~~~^~~~~~~~
)";

const std::string mold_undefined = R"(mold: error: undefined symbol: helper(int)
>>> referenced by attention.cpp
>>>               object.o:(attention::softmax_rows)
clang: error: linker command failed with exit code 1 (use -v to see invocation)
)";

const std::string bfd_undefined = R"(/usr/bin/ld.bfd: object.o: in function `softmax_rows':
attention.cpp:(.text+0x15): undefined reference to `helper(int)'
clang: error: linker command failed with exit code 1 (use -v to see invocation)
)";

bool holds(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

}  // namespace

TEST_CASE("a caret far to the right is brought into sight, with the code above it") {
    std::string code = "    " + std::string(150, 'x') + " y = z;", caret = std::string(155, ' ') + "^";
    show_caret(code, caret, 96);
    CHECK(caret.find('^') == 48);
    CHECK(code[48] == 'y');
    CHECK(code.starts_with("...xxx"));
    std::string near = "int x", caret_of_it = "    ^";
    show_caret(near, caret_of_it, 96);
    CHECK(near == "int x");
    CHECK(caret_of_it == "    ^");
    std::string words(200, 'x'), no_caret(200, 'y');
    show_caret(words, no_caret, 96);
    CHECK(words.size() == 200);
}

TEST_CASE("the first error is shown with its lines, without what came before and after") {
    CHECK(first_error(clang_undeclared) ==
          "attention.cpp:6:18: error: use of undeclared identifier 'nothing'\n"
          "int f() { return nothing + 1; }\n"
          "                 ^\n");
    const std::string gcc = first_error(gcc_undeclared);
    CHECK(gcc.starts_with("attention.cpp:6:18: error: ‘nothing’"));
    CHECK(holds(gcc, "|                  ^~~~~~~\n"));
    CHECK_FALSE(holds(gcc, "unused variable"));
    CHECK_FALSE(holds(gcc, "also_nothing"));
}

TEST_CASE("where g++ goes on to is no line of the first error") {
    for (const char* next :
         {"/tmp/a b/attention.cpp: In function ‘int f()’:", "attention.cpp: At global scope:",
          "attention.cpp: In member function ‘int S::f()’:", "/usr/x.h: In instantiation of ‘T f()’:"}) {
        const std::string error =
            "attention.cpp:34:29: error: stray ‘@’ in program\n   34 |     a @ b;\n      |       ^\n";
        CHECK(first_error(error + next + "\nattention.cpp:34:9: error: another\n") == error);
    }
}

TEST_CASE("a fatal error is an error") {
    CHECK(
        first_error(
            "attention.cpp:1:10: fatal error: 'nowhere.hpp' file not found\n#include \"nowhere.hpp\"\n         ^\n") ==
        "attention.cpp:1:10: fatal error: 'nowhere.hpp' file not found\n#include \"nowhere.hpp\"\n         ^\n");
}

TEST_CASE("an error inside a library is shown with the learner's line that led there") {
    const std::string clang = first_error(clang_in_header, "attention.cpp");
    CHECK(holds(clang, "no type named 'ReturnType'"));
    CHECK(holds(clang, "attention.cpp:9:70"));
    const std::string gcc = first_error(gcc_in_header, "attention.cpp");
    CHECK(holds(gcc, "no match for ‘operator<’"));
    CHECK(holds(gcc, "attention.cpp:9:38"));
}

TEST_CASE("an error in the learner's own file is shown once") {
    CHECK(first_error(clang_undeclared, "attention.cpp") == first_error(clang_undeclared));
}

TEST_CASE("where no line says error, the first lines are shown") {
    CHECK(first_error("the compiler did not finish within 60 s") == "the compiler did not finish within 60 s\n");
    CHECK(first_error("1\n2\n3\n4\n5\n6\n7\n8\n") == "1\n2\n3\n4\n5\n6\n");
    CHECK(first_error("").empty());
}

TEST_CASE("an error is never long, whatever the compiler prints") {
    std::string text = "a.cpp:1:1: error: " + std::string(1'000'000, 'x') + "\n";
    for (int i = 0; i < 1000; ++i) text += " a line of it\n";
    CHECK(first_error(text).size() < 3000);
    CHECK(first_error(std::string(1'000'000, ':')).size() < 3000);
}

TEST_CASE("a changed return type is explained, for both compilers and in both languages") {
    for (const std::string& sample : {clang_return_type, gcc_return_type}) {
        CHECK(holds(explain_error(sample, "attention").en,
                    "The return type of this function differs from its declaration in attention.hpp."));
        CHECK(holds(explain_error(sample, "attention").zh, "attention.hpp"));
    }
}

TEST_CASE("a matrix that is called as a layer of PyTorch is told to be multiplied with") {
    const std::string called =
        "/usr/include/eigen3/Eigen/src/Core/DenseCoeffsBase.h:184:7: error: static_assert failed "
        "\"YOU_TRIED_CALLING_A_VECTOR_METHOD_ON_A_MATRIX\"\n"
        "attention.cpp:10:33: note: in instantiation of member function requested here\n"
        "    Matrix q = projections.query(tokens);\n                                ^\n";
    CHECK(holds(explain_error(called, "attention", "attention.cpp").en, "layer(x) is x * w here"));
}

TEST_CASE("colwise() to the right of an operator is told to stand on its left") {
    const std::string error =
        "training.cpp:19:28: error: invalid operands to binary expression ('const ArrayWrapper<const "
        "Eigen::Matrix<double, -1, -1, 1>>' and 'Eigen::DenseBase<Eigen::ArrayWrapper<const Eigen::Matrix<double, -1, "
        "-1, 1>>>::ConstColwiseReturnType' (aka 'const VectorwiseOp<const Eigen::ArrayWrapper<const "
        "Eigen::Matrix<double, -1, -1, 1>>, Vertical>')\n";
    CHECK(holds(explain_error(error, "training", "training.cpp").en, "stand to the left of the operator"));
}

TEST_CASE(
    "what Python writes otherwise in a loop over a list, in a text and with an array is explained, for both "
    "compilers") {
    const std::string loop = "    for (Matrix g in gradients) s += g.squaredNorm();\n";
    for (const std::string words :
         {"expected ';' in 'for' statement specifier", "expected \u2018;\u2019 before \u2018in\u2019",
          "declaration of reference variable 'g' requires an initializer"})
        CHECK(holds(explain_error("training.cpp:10:24: error: " + words + "\n" + loop, "training", "training.cpp").en,
                    "A loop over a list has a colon"));
    CHECK(holds(explain_error("training.cpp:10:15: error: expected ';' in 'for' statement specifier\n"
                              "    for (int i in range(n)) s += i;\n",
                              "training", "training.cpp")
                    .en,
                "A loop over numbers declares its counter"));
    const std::string text = "    if (a < 1) throw std::invalid_argument('why');\n";
    for (const std::string words :
         {"no matching conversion for functional-style cast from 'int' to 'std::invalid_argument'",
          "character too large for enclosing character literal type",
          "invalid conversion from \u2018int\u2019 to \u2018const char*\u2019 [-fpermissive]"})
        CHECK(holds(explain_error("training.cpp:24:44: error: " + words + "\n" + text, "training", "training.cpp").zh,
                    "文字要用双引号"));
    const auto explained = [](const std::string& words) {
        return explain_error("training.cpp:20:7: error: " + words + "\n    code;\n", "training", "training.cpp").en;
    };
    CHECK(
        holds(explained("'operator-=' is a protected member of 'Eigen::MatrixBase<Eigen::Matrix<double, -1, -1, 1>>'"),
              "An array and a matrix do not mix"));
    CHECK(holds(explained("binding reference of type 'Matrix<...>' to value of type 'const Matrix<...>' drops 'const' "
                          "qualifier"),
                "cannot be changed: copy it first"));
    CHECK(holds(explained("member reference base type 'double' is not a structure or union"),
                "std::sqrt(x), std::exp(x)"));
    CHECK(holds(
        explained(
            "request for member \u2018sqrt\u2019 in \u2018x\u2019, which is of non-class type \u2018double\u2019"),
        "std::sqrt(x), std::exp(x)"));
    CHECK(holds(explained("invalid operands to binary expression ('qkv::Matrix' and 'const std::optional<Matrix>')"),
                "*x is what it holds"));
    CHECK(holds(explain_error("training.cpp:9:17: error: no viable overloaded '='\n    x.row(i) = table[ids[i]];\n",
                              "training", "training.cpp")
                    .en,
                "A row is x.row(i)"));
    CHECK(holds(explained("no member named 'lower' in 'std::basic_string<char>'"), "go through its characters"));
    CHECK(holds(explain_error("training.cpp:9:17: error: expected expression\n    if (c == ' ') word = '';\n",
                              "training", "training.cpp")
                    .en,
                "A text stands in double quotes"));
    for (const std::string words : {"variable 'd' cannot be implicitly captured in a lambda with no capture-default "
                                    "specified",
                                    "\u2018d\u2019 is not captured"})
        CHECK(holds(explained(words), "begin it with [&] instead of []"));
}

TEST_CASE("a function without a body is explained, whichever linker says so") {
    for (const std::string& sample : {mold_undefined, bfd_undefined}) {
        CHECK(holds(explain_error(sample, "attention").en, "its body is in no file"));
    }
}

TEST_CASE("only the first error is explained: later ones may be its consequences") {
    for (const std::string& sample : {clang_undeclared, gcc_undeclared})
        CHECK(holds(explain_error(sample + clang_return_type, "attention").en, "This name is not known here"));
}

TEST_CASE("an error that nobody foresaw gets no sentence") {
    CHECK(explain_error("a.cpp:1:1: error: constexpr variable 'x' must be initialized\n", "attention").en.empty());
    CHECK(explain_error("", "attention").en.empty());
}

TEST_CASE("walls of template types are cut off, and what is short stays") {
    const std::string wall =
        "a.cpp:4:29: error: invalid operands to binary expression ('const Product<Eigen::Matrix<double, -1, -1, 1>, "
        "Eigen::Matrix<double, -1, -1, 1>>' (aka 'const Eigen::Product<int>') and 'std::vector<int>')\n";
    CHECK(first_error(wall) ==
          "a.cpp:4:29: error: invalid operands to binary expression ('const Product<…>' and 'std::vector<int>')\n");
    const std::string assertion =
        "a.cpp:1:1: error: static_assert failed due to requirement 'Eigen::is<double>' \"YOU_MIXED\"\n";
    CHECK(first_error(assertion) == "a.cpp:1:1: error: static_assert failed \"YOU_MIXED\"\n");
    // An operator is no list of types.
    const std::string compared = "a.cpp:1:1: error: no match for ‘operator<’ (operand types are ‘X’ and ‘X’)\n";
    CHECK(first_error(compared) == compared);
}

TEST_CASE("the learner's place comes first, with its line of code, and no path of a library is left") {
    const std::string clang = first_error(clang_in_header, "attention.cpp");
    CHECK(clang.starts_with("attention.cpp:9:70: error: no type named 'ReturnType'"));
    CHECK(holds(clang, "return a + b; }\n"));
    CHECK(holds(clang, " ^\n"));
    CHECK_FALSE(holds(clang, "/usr/include"));
    CHECK(first_error(gcc_in_header, "attention.cpp") ==
          "attention.cpp:9:38: error: no match for ‘operator<’ (operand types are ‘X’ and ‘X’)\n");
}

TEST_CASE("places are told by the path that the learner knows") {
    const std::string said =
        "In file included from attention.cpp:1:\nattention.cpp:6:18: error: x\n"
        "/kit/workers/ab/attention.cpp:7:1: note: y\n./attention.hpp:2:1: note: z\n";
    CHECK(as_learner_knows(said, "my files/attention.cpp", "/kit/workers/ab") ==
          "In file included from my files/attention.cpp:1:\nmy files/attention.cpp:6:18: error: x\n"
          "my files/attention.cpp:7:1: note: y\n./attention.hpp:2:1: note: z\n");
}

TEST_CASE("another file whose name ends alike keeps its name") {
    const std::string said = "masked_attention.cpp:6:18: error: x\n";
    CHECK(as_learner_knows(said, "/home/attention.cpp", "/kit/workers/ab") == said);
}

TEST_CASE("no sentence about what compilers, Eigen and sanitizers say ends twice") {
    for (const char* table : {"compile_error", "compile_warning", "eigen_assertion", "sanitizer_address",
                              "sanitizer_undefined", "sanitizer_library"}) {
        for (const Meaning& meaning : meanings(table)) {
            INFO(meaning.words.en << "\n" << meaning.words.zh);
            for (const char* twice : {"？。", "。。", "！。", "；。"}) CHECK_FALSE(holds(meaning.words.zh, twice));
            for (const char* twice : {"?.", "!."}) CHECK_FALSE(holds(meaning.words.en, twice));
        }
    }
}
