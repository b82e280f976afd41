// ./grade compare: what differs from the reference, down to the smallest case.
#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

/// What compare says of the reference with one piece replaced.
Said compared(const std::string& piece, const std::string& replacement, const std::vector<std::string>& more = {}) {
    const Scratch scratch;
    const std::string reference = read_text(proven_kit().root + "/solutions/counting/counting.cpp");
    scratch.write("counting.cpp", with(reference, piece, replacement));
    std::vector<std::string> arguments = {"compare", "counting", "--submission", scratch.path.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return grader(arguments, proven_kit());
}

const std::string begin = "Matrix sums = values;";
const std::string step = "sums.row(i) += sums.row(i - 1);";

}  // namespace

TEST_CASE("a right solution agrees with the reference") {
    const Said said = compared("sums.row(i) += sums.row(i - 1)", "sums.row(i) = sums.row(i - 1) + sums.row(i)");
    CHECK(said.status == 0);
    CHECK(says(said, "2 functions agree with the reference."));
}

TEST_CASE("the smallest case is printed as C++, with both results and the diagnosis") {
    const Said said = compared(step, "sums.row(i) += sums.row(0);");
    INFO(said.text);
    CHECK(said.status == 1);
    // Three rows are needed, and one number that is not zero.
    CHECK((says(said, "const auto values = qkv::Matrix{{1}, {0}, {0}};") ||
           says(said, "const auto values = qkv::Matrix{{0}, {1}, {0}};")));
    CHECK(says(said, "const auto result = counting::running_sums(values);"));
    CHECK(says(said, "expected qkv::Matrix{{"));
    CHECK(says(said, "found    qkv::Matrix{{"));
    CHECK(says(said, "The first row is added each time"));
}

TEST_CASE("one part alone can be compared, in Chinese too") {
    const Said said = compared(step, "sums.row(i) += sums.row(0);", {"running_means", "--lang", "zh"});
    CHECK(said.status == 1);
    CHECK(says(said, "running_means"));
    CHECK_FALSE(says(said, "counting::running_sums("));
    CHECK(says(said, "与参考实现不同"));
}

TEST_CASE("compare shrinks crashes and exceptions, and names them") {
    const Said crash = compared(begin, begin + " if (sums.rows() > 2) __builtin_trap();");
    CHECK(crash.status == 1);
    CHECK(says(crash, "qkv::Matrix{{0}, {0}, {0}}"));
    CHECK(says(crash, "SIG"));
    const Said thrown = compared(begin, begin + " if (sums.cols() > 1) throw 7;");
    CHECK(thrown.status == 1);
    CHECK(says(thrown, "qkv::Matrix{{0, 0}};"));
}

TEST_CASE("compare ends on a function that never returns, and says what is not written") {
    const Said endless = compared(step, "for (volatile int x = 0; sums.rows() > 1;) x = 1;");
    CHECK(endless.status == 1);
    const Said unwritten = compared("Matrix means = running_sums(values);", "qkv::todo(); Matrix means;");
    CHECK(unwritten.status == 0);
    CHECK(says(unwritten, "1 function agrees"));
}

TEST_CASE("compare needs the reference and a known part, and says so in one line") {
    CHECK(compared(step, step, {"nothing"}).status == 2);
    const Scratch scratch;
    std::filesystem::copy(proven_kit().root + "/exercises", scratch.path / "exercises",
                          std::filesystem::copy_options::recursive);
    const TestKit kit = {scratch.path.string(), proven_kit().toolchain};
    Said said = grader({"compare", "counting"}, kit);
    CHECK(said.status == 2);
    CHECK(says(said, "compare needs the solutions, and this copy of the kit has none"));
    std::filesystem::create_directory(scratch.path / "solutions");
    said = grader({"compare", "counting"}, kit);
    CHECK(said.status == 2);
    CHECK(says(said, "hidden_tests.cpp is not there"));
    const Said broken = compared(step, "sums.row(i) += ;");
    CHECK(broken.status == 1);
    CHECK(says(broken, "counting.cpp:"));
}

TEST_CASE("comparing builds what its exercise needs, and no other reference") {
    qkv::grader::Command command;
    command.arguments = {qkv::grader::find_program("ninja"), "-C", QKV_BUILD, "-t", "inputs", "encoder_hidden_kit"};
    const std::string inputs = qkv::grader::run(command).output;
    CHECK(inputs.find("solutions/encoder/encoder.cpp") != std::string::npos);
    CHECK(inputs.find("solutions/multi_head_attention/multi_head_attention.cpp") != std::string::npos);
    CHECK(inputs.find("solutions/attention/attention.cpp") != std::string::npos);
    CHECK(inputs.find("solutions/transformer/transformer.cpp") == std::string::npos);
    CHECK(inputs.find("probe_glue") == std::string::npos);
}
