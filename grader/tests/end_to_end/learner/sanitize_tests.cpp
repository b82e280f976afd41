// ./grade run --sanitize: what the sanitizers find in one's own file is told with its line; a right file earns
// what it earns without them. The second warm header takes a while, so ./check --all builds it, not ./check.
#include <cstdlib>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;

namespace {

const std::string reference = read_text(QKV_TEST_DATA "/kits/proven/solutions/counting/counting.cpp");
const std::string first_line = "    Matrix sums = values;\n";
const std::string file = "exercises/counting/counting.cpp";

/// The message of the first test of running_sums, with `code` at the end of the function's first line.
nlohmann::json found_in(const std::string& code, const std::string& language = "en") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    scratch.write(file, with(reference, first_line, "    Matrix sums = values; " + code + "\n"));
    const Said said = graded({"--sanitize", "--lang", language, "counting"}, kit);
    INFO(said.text);
    CHECK(said.status == 1);
    CHECK(said.json.at("sandbox") == "none");
    return part(said.json, "counting", "running_sums").at("tests").at(0);
}

struct Mistake {
    std::string code;
    std::vector<std::string> pieces;  ///< of the message
};

const std::vector<Mistake> mistakes = {
    {"sums(0, 0) += 0 * sums.data()[sums.size()];",
     {"heap-buffer-overflow (READ of size 8)", "Check the index and the size"}},
    {"const auto twice = Matrix(values * 2) * values.transpose(); sums(0, 0) += 0 * Matrix(twice)(0, 0);",
     {"stack-use-after-scope", "Do not use auto: write Matrix y = f(x) * w;"}},
    {"const int many = 2147483647; sums(0, 0) += 0 * (many + static_cast<int>(values.cols()));",
     {"signed integer overflow: 2147483647 + 2", "an int ends at 2147483647"}},
    {"sums(0, 0) += 0 * std::vector<int>(3)[static_cast<std::size_t>(values.rows())];",
     {"libstdc++ asserts __n < this->size()", "must be below size()"}},
};

}  // namespace

TEST_CASE("files of others never run without walls") {
    const Scratch scratch;
    const Said said = grader({"run", "--sanitize", "--submission", scratch.path.string(), "counting"}, proven_kit());
    CHECK(said.status == 2);
    CHECK(said.text.find("for your own files only") != std::string::npos);
}

TEST_CASE("what sanitizers find is told with the learner's line") {
    if (!everything()) return;
    for (const Mistake& mistake : mistakes) {
        const auto test = found_in(mistake.code);
        const std::string message = test.at("message");
        INFO(message);
        CHECK(test.at("verdict") == "crashed");
        CHECK(message.find("at counting.cpp:6 in running_sums") != std::string::npos);
        for (const std::string& piece : mistake.pieces) CHECK(message.find(piece) != std::string::npos);
        for (const char* clutter : {"Eigen::", "0x", "warm"}) CHECK(message.find(clutter) == std::string::npos);
        CHECK(test.at("output").get<std::string>().empty());
    }
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const std::string starts = "static const std::vector<int> three(3);\nstatic const int fourth = three.data()[3];\n";
    scratch.write(file, with(reference, "namespace counting {\n", "namespace counting {\n" + starts));
    const Said early = graded({"--sanitize", "counting"}, kit);
    const auto means = part(early.json, "counting", "running_means");
    for (const auto& test : means.at("tests"))
        CHECK(test.at("message").get<std::string>().find("heap-buffer-overflow") != std::string::npos);
    const std::string chinese = found_in(mistakes.front().code, "zh").at("message");
    CHECK(chinese.find("在 counting.cpp 第 6 行（running_sums）") != std::string::npos);
}

TEST_CASE("a right file earns the same with sanitizers, and nothing is recorded") {
    if (!everything()) return;
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    scratch.write(file, reference);
    const Said checked = grader({"run", "--sanitize", "counting"}, kit);
    INFO(checked.text);
    CHECK(checked.status == 0);
    CHECK(checked.text.find("without the walls of a grading") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(scratch.path / ".qkv" / "state.json"));
    const Said plain = graded({"counting"}, kit);
    CHECK(plain.status == 0);
    CHECK(plain.json.at("sandbox") != "none");
    CHECK(std::filesystem::exists(scratch.path / ".qkv" / "state.json"));
    CHECK(grader({"run", "--sanitize", "--solutions", "--hidden", "counting"}, kit).status == 0);
}
