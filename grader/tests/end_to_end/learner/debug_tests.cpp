// ./grade debug without a terminal: where gdb stops, and what is said when there is nothing to stop in.
#include <cstdlib>
#include <filesystem>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

/// The number of the first line with these words; 0 if there is none.
int line_of(const std::string& text, const std::string& words) {
    const std::size_t at = text.find(words);
    if (at == std::string::npos) return 0;
    return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace

TEST_CASE("gdb stops in the learner's function, in the call that fails, with the matrices readable") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const std::string file = "exercises/counting/counting.cpp";
    const std::string reference = read_text(kit.root + "/solutions/counting/counting.cpp");
    const std::string wrong = with(reference, "static_cast<Scalar>(i + 1)", "static_cast<Scalar>(means.rows())");
    scratch.write(file, wrong);
    const Said said = grader({"debug", "counting"}, kit);
    INFO(said.text);
    CHECK(said.status == 0);
    // running_means calls running_sums, which is no call of the test.
    CHECK(says(said, "number 1: running_means((3 x 2))"));
    CHECK(says(said, "#0  counting::running_means"));
    const int line = line_of(wrong, "Matrix means = ");
    CHECK(says(said, (fs::canonical(scratch.path) / file).string() + ":" + std::to_string(line)));
    CHECK(says(said, "values = (3 x 2)\n   1   2\n   3   5\n  -4   8\n"));
    CHECK(says(said, "print x"));

    const Said passed = grader({"debug", "counting", "--part", "counting/running_sums", "--lang", "zh"}, kit);
    INFO(passed.text);
    CHECK(passed.status == 0);
    CHECK(says(passed, "#0  counting::running_sums"));
    CHECK(says(passed, "常用命令"));
}

TEST_CASE("where there is nothing to debug, it says what to do instead") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const Said unwritten = grader({"debug", "counting", "running_means"}, kit);
    CHECK(unwritten.status == 1);
    CHECK(says(unwritten, "./grade hint counting running_means"));
    scratch.write("exercises/counting/counting.cpp", "#include \"counting.hpp\"\nint broken = ;\n");
    const Said broken = grader({"debug", "counting"}, kit);
    CHECK(broken.status == 1);
    CHECK(says(broken, "counting.cpp:2"));
    fs::copy_file(scratch.path / "solutions/counting/counting.cpp", scratch.path / "exercises/counting/counting.cpp",
                  fs::copy_options::overwrite_existing);
    const Said earned = grader({"debug", "counting"}, kit);
    CHECK(earned.status == 0);
    CHECK(says(earned, "nothing to debug"));
}

TEST_CASE("a wrong softmax is stopped in on its first line") {
    if (!everything()) return;  // its tests take long to compile
    const Scratch scratch;
    for (const char* name : {"exercises/attention", "solutions/attention"}) {
        fs::create_directories(scratch.path / name);
        fs::copy(fs::path(real_kit().root) / name, scratch.path / name, fs::copy_options::recursive);
    }
    const std::string wrong = with(read_text(scratch.path / "solutions/attention/attention.cpp"),
                                   "weights.row(i) /= weights.row(i).sum();", "weights.row(i) /= weights.sum();");
    scratch.write("exercises/attention/attention.cpp", wrong);
    const Said said = grader({"debug", "attention"}, {scratch.path.string(), real_kit().toolchain});
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, "#0  attention::softmax_rows (scores=...)"));
    const int line = line_of(wrong, "if (scores.cols() == 0) return scores;");
    CHECK(says(said, "exercises/attention/attention.cpp:" + std::to_string(line)));
}
