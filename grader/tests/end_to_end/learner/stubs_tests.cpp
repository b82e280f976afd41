// The learner's file is made from its stub, follows it until it is begun, and is never touched after that.
#include <algorithm>
#include <filesystem>
#include <future>
#include <set>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

const std::string stub = read_text(proven_kit().root + "/exercises/counting/stub.cpp");
const std::string corrected = "// a hint more\n" + stub;

/// A kit whose learner has not come yet.
struct Fresh {
    Scratch scratch;
    TestKit kit = copied_kit(scratch);
    fs::path file = scratch.path / "exercises/counting/counting.cpp";

    Fresh() {
        for (const char* id : {"counting", "summing"})
            fs::remove(scratch.path / "exercises" / id / (std::string(id) + ".cpp"));
    }
    std::set<std::string> left_in_the_folder() const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(file.parent_path())) names.insert(entry.path().filename());
        return names;
    }
};

}  // namespace

TEST_CASE("a file that is missing is made from the stub, which is said once; what is there is not touched") {
    const Fresh fresh;
    fresh.scratch.write("exercises/summing/summing.cpp", "// mine\n");
    const Said said = grader({"list"}, fresh.kit);
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, "made from the stub, as it was not there: counting.cpp\n"));
    CHECK(read_text(fresh.file) == stub);
    CHECK(read_text(fresh.scratch.path / "exercises/summing/summing.cpp") == "// mine\n");
    CHECK_FALSE(says(grader({"list"}, fresh.kit), "made from"));
    fs::remove(fresh.file);
    CHECK(says(grader({"run", "counting", "--lang", "zh"}, fresh.kit), "已用骨架生成：counting.cpp"));
}

TEST_CASE("submissions, solutions, verify and a reset need no file of the learner's, and make none") {
    const Fresh fresh;
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"run", "--solutions"},
          {"run", "--submission", fresh.scratch.path.string()},
          {"compare", "counting", "--submission", (fresh.scratch.path / "solutions").string()},
          {"verify"}}) {
        const Said said = grader(command, fresh.kit);
        INFO(command.front() << ": " << said.text);
        CHECK_FALSE(fs::exists(fresh.file));
        CHECK(said.status == (command.size() == 3 ? 1 : 0));
    }
    CHECK(says(grader({"reset", "counting"}, fresh.kit), "was missing; the stub is there again"));
}

TEST_CASE("of many that make the same file at once, one does, and nobody fails") {
    const Fresh fresh;
    std::vector<std::future<Said>> all;
    for (int i = 0; i < 8; ++i)
        all.push_back(std::async(std::launch::async, [&] { return grader({"list"}, fresh.kit); }));
    std::ptrdiff_t made = 0;
    for (auto& one : all) {
        const Said said = one.get();
        CHECK(said.status == 0);
        made += says(said, "counting.cpp\n") || says(said, "counting.cpp, ") ? 1 : 0;
    }
    CHECK(made == 1);
    CHECK(read_text(fresh.file) == stub);
    CHECK_FALSE(
        std::ranges::any_of(fresh.left_in_the_folder(), [](const auto& name) { return name.ends_with(".new"); }));
}

TEST_CASE("a corrected stub reaches whoever has not begun") {
    const Fresh fresh;
    grader({"list"}, fresh.kit);
    fresh.scratch.write("exercises/counting/stub.cpp", corrected);
    const Said said = grader({"list"}, fresh.kit);
    INFO(said.text);
    CHECK(says(said, "the stub of counting has changed; "));
    CHECK(says(said, "was not begun, so it is the new one"));
    CHECK(read_text(fresh.file) == corrected);
    CHECK_FALSE(says(grader({"list"}, fresh.kit), "has changed"));
    CHECK(fs::is_empty(fresh.scratch.path / ".qkv/kept"));
}

TEST_CASE("who has begun hears of each change of the stub once, with the command that shows it") {
    const Fresh fresh;
    grader({"list"}, fresh.kit);
    const std::string mine = stub + "// mine\n";
    fresh.scratch.write("exercises/counting/counting.cpp", mine);
    CHECK_FALSE(says(grader({"list"}, fresh.kit), "has changed"));
    std::string text = corrected;
    for (const char* language : {"en", "zh"}) {
        fresh.scratch.write("exercises/counting/stub.cpp", text);
        const Said said = grader({"list", "--lang", language}, fresh.kit);
        INFO(said.text);
        const std::size_t begin = said.text.find("git diff --no-index ");
        REQUIRE(begin != std::string::npos);
        CHECK(says(said, std::string(language) == "en" ? "your file is untouched" : "你的文件没有动"));
        // The command is as it stands; in Chinese words come after it.
        const std::size_t end = std::min(said.text.find(';', begin), said.text.find(" 可以", begin));
        Command command;
        command.arguments = {"/bin/sh", "-c", said.text.substr(begin, end - begin)};
        CHECK(run(command).output.find("+// a hint more") != std::string::npos);
        CHECK(read_text(fresh.file) == mine);
        CHECK_FALSE(says(grader({"list", "--lang", language}, fresh.kit), "--no-index"));
        text = "// and another\n" + text;
    }
    // Back to the stub: from then on it is followed again.
    grader({"reset", "counting"}, fresh.kit);
    CHECK_FALSE(says(grader({"list"}, fresh.kit), "has changed"));
    fresh.scratch.write("exercises/counting/stub.cpp", stub);
    grader({"list"}, fresh.kit);
    CHECK(read_text(fresh.file) == stub);
}

TEST_CASE("who comes from a kit that remembered no stubs hears nothing, and of changes from then on") {
    const Fresh fresh;
    fresh.scratch.write("exercises/counting/counting.cpp", "// mine\n" + stub);
    CHECK_FALSE(says(grader({"list"}, fresh.kit), "has changed"));
    fresh.scratch.write("exercises/counting/stub.cpp", corrected);
    CHECK(says(grader({"list"}, fresh.kit), "your file is untouched"));
}

TEST_CASE("where a file cannot be made, the command goes on and says what to do") {
    const Fresh fresh;
    // There is room for this name, but not for the one beside it that is written first; root's rights do not help.
    const std::string id(245, 'a');
    const fs::path exercises = fresh.scratch.path / "exercises";
    fs::copy(exercises / "counting", exercises / id);
    fresh.scratch.write("exercises/" + id + "/exercise.toml",
                        with(read_text(exercises / "counting/exercise.toml"), "\"counting\"", '"' + id + '"'));
    const Said said = grader({"list"}, fresh.kit);
    INFO(said.text);
    CHECK(said.status == 0);
    CHECK(says(said, "cannot be written (File name too long)"));
    CHECK(says(said, "grade with --submission FOLDER\n"));
    CHECK_FALSE(fs::exists(exercises / id / (id + ".cpp")));
}
