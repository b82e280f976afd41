// ./grade reset as a learner sees it, and a state that a later kit wrote.
#include <unistd.h>

#include <filesystem>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

bool says(const Said& said, const std::string& words) { return said.text.find(words) != std::string::npos; }

const std::string stub = read_text(proven_kit().root + "/exercises/counting/stub.cpp");
const std::string solution = read_text(proven_kit().root + "/solutions/counting/counting.cpp");

std::string learners_file(const Scratch& scratch) {
    return read_text(scratch.path / "exercises/counting/counting.cpp");
}

}  // namespace

TEST_CASE("reset keeps the learner's version, says where, forgets the points and keeps the hints") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    scratch.write("exercises/counting/counting.cpp", solution);
    scratch.write(".qkv/state.json",
                  R"({"version": 1, "hints": {"counting/running_sums": 2}, "scores": {"counting": 5}})");
    CHECK(says(grader({"list"}, kit), "5 / 5"));
    const Said said = grader({"reset", "counting"}, kit);
    CHECK(said.status == 0);
    CHECK(learners_file(scratch) == stub);
    fs::path kept;
    for (const auto& entry : fs::directory_iterator(scratch.path / ".qkv" / "kept")) kept = entry.path();
    CHECK(read_text(kept) == solution);
    INFO(said.text);
    CHECK(says(said, kept.filename().string()));
    CHECK(says(said, "cp "));
    CHECK(says(grader({"list"}, kit), "- / 5"));
    CHECK(nlohmann::json::parse(read_text(scratch.path / ".qkv/state.json")).at("hints").at("counting/running_sums") ==
          2);

    const Said again = grader({"reset", "counting"}, kit);
    CHECK(again.status == 0);
    CHECK(says(again, "is the stub already"));
    CHECK(says(grader({"reset", "counting", "--lang", "zh"}, kit), "没有改动"));
    fs::remove(scratch.path / "exercises/counting/counting.cpp");
    CHECK(says(grader({"reset", "counting"}, kit), "was missing"));
    CHECK(learners_file(scratch) == stub);
}

TEST_CASE("reset refuses what it cannot keep, in one line and with status 2") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const fs::path file = scratch.path / "exercises/counting/counting.cpp";
    fs::remove(file);
    fs::create_symlink("stub.cpp", file);
    for (const char* language : {"en", "zh"}) {
        const Said said = grader({"reset", "counting", "--lang", language}, kit);
        INFO(said.text);
        CHECK(said.status == 2);
        CHECK(std::count(said.text.begin(), said.text.end(), '\n') == 1);
        CHECK(says(said, "counting.cpp"));
    }
    CHECK(fs::is_symlink(file));
}

TEST_CASE("the state of a later kit is left as it is, which is said, and hints are given all the same") {
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const std::string later = R"({"version": 99, "hints": [["counting", 2]]})";
    scratch.write(".qkv/state.json", later);
    const Said said = grader({"hint", "counting", "running_sums"}, kit);
    CHECK(said.status == 0);
    CHECK(says(said, "1/3"));
    CHECK(says(said, ".qkv/state.json is of a later qkv"));
    CHECK(read_text(scratch.path / ".qkv/state.json") == later);
}

TEST_CASE("a state that may not be read is left as it is") {
    if (geteuid() == 0) return;  // who may read everything
    const Scratch scratch;
    const TestKit kit = copied_kit(scratch);
    const std::string own = R"({"version": 1, "hints": {"counting/running_sums": 2}})";
    scratch.write(".qkv/state.json", own);
    const fs::path file = scratch.path / ".qkv/state.json";
    fs::permissions(file, fs::perms::owner_write);
    CHECK(says(grader({"hint", "counting", "running_sums"}, kit), "may not be read"));
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    CHECK(read_text(file) == own);
}
