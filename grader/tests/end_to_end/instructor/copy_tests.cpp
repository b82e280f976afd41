// What holds in a copy of the kit without solutions, and is therefore tested there too (./grade handout).
#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"
#include "model/catalog.hpp"

using namespace qkv::tests;

namespace fs = std::filesystem;

namespace {

/// The real exercises, and nothing else of the kit.
TestKit kit_without_solutions(const Scratch& scratch) {
    if (!fs::exists(fs::path(QKV_ROOT) / "solutions")) return real_kit();
    fs::create_directories(scratch.path / "exercises");
    for (const auto& folder : fs::directory_iterator(QKV_ROOT "/exercises")) {
        if (!folder.is_directory()) continue;
        const fs::path copy = scratch.path / "exercises" / folder.path().filename();
        fs::copy(folder.path(), copy, fs::copy_options::recursive);
        fs::remove(copy / (folder.path().filename().string() + ".cpp"));
    }
    return {scratch.path.string(), real_kit().toolchain};
}

}  // namespace

TEST_CASE("a stub earns nothing, also on one's own stack") {
    const Scratch scratch, kit;
    std::vector<std::string> arguments = {"--own-stack", "--submission", scratch.path.string()};
    for (const auto& exercise : qkv::grader::load_catalog(QKV_ROOT)) {
        if (!is_examined(exercise.id)) continue;
        fs::copy(exercise.folder / "stub.cpp", scratch.path / (exercise.id + ".cpp"));
        arguments.push_back(exercise.id);
    }
    REQUIRE(arguments.size() > 11);
    const Said said = graded(arguments, kit_without_solutions(kit));
    CHECK(said.status == 1);
    for (const auto& exercise : said.json.at("exercises")) {
        INFO(exercise.at("id"));
        CHECK(exercise.at("status") == "graded");
        CHECK(exercise.at("score") == 0);
        CHECK(exercise.at("max_score") > 0);
    }
}

TEST_CASE("what needs solutions says in one line that there are none") {
    const Scratch scratch;
    const TestKit kit = kit_without_solutions(scratch);
    grader({"next"}, kit);  // which makes the learner's files, and says so
    const std::vector<std::vector<std::string>> all = {{"compare", "attention"},
                                                       {"run", "--hidden", "attention"},
                                                       {"run", "--solutions"},
                                                       {"show", "--solutions", "attention"},
                                                       {"verify", "attention"},
                                                       {"verify", "--trust"},
                                                       {"class", ".", "--out", "nowhere"},
                                                       {"export", "gradescope", "nowhere"}};
    for (const auto& arguments : all) {
        const Said said = grader(arguments, kit);
        INFO(arguments[0] << ' ' << arguments[1] << ": " << said.text);
        CHECK(said.status == 2);
        CHECK(said.text.find("solutions") != std::string::npos);
        CHECK(said.text.find('\n') == said.text.size() - 1);
    }
    const Said chinese = grader({"--lang", "zh", "compare", "attention"}, kit);
    CHECK(chinese.text.find("参考解答") != std::string::npos);
}

TEST_CASE("without solutions an exercise runs on one's own files, and says so") {
    const Scratch scratch, kit;
    for (const char* id : {"attention", "multi_head_attention"})
        fs::copy(fs::path(QKV_ROOT) / "exercises" / id / "stub.cpp", scratch.path / (std::string(id) + ".cpp"));
    const TestKit without = kit_without_solutions(kit);
    const Said json = graded({"--submission", scratch.path.string(), "multi_head_attention"}, without);
    CHECK(json.json.at("exercises")[0].at("own_needs") == nlohmann::json{"attention"});
    const Said text = grader({"run", "--submission", scratch.path.string(), "multi_head_attention"}, without);
    CHECK(text.text.find("with your own attention, finished or not: this copy has no solutions") != std::string::npos);
}
