// Right solutions that other people might write: every one of them earns everything. ./check tries two of each
// exercise, one with hidden tests, ./check --all every one with them, each at a seed of its own.
#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"
#include "model/catalog.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

namespace {

/// A right file, and what its learner reads.
struct Style {
    std::string exercise;
    fs::path file;
    std::vector<std::string> options;
    Said said;
};

/// Those of an exercise; also how many there are in all.
std::size_t add_styles(const fs::path& folder, std::vector<Style>& styles) {
    std::size_t count = 0;
    for (const auto& file : fs::directory_iterator(folder)) {
        if (++count > 2 && !everything()) continue;
        Style& style = styles.emplace_back(Style{folder.filename().string(), file.path(), {}, {}});
        if (count == 1 || everything()) style.options = {"--hidden", "--seed", std::to_string(count)};
    }
    return count;
}

/// Grades them all, as many at once as there are processors.
void grade_all(std::vector<Style>& styles) {
    qkv::grader::in_parallel(styles.size(), std::max(1U, std::thread::hardware_concurrency()), [&](std::size_t i) {
        const Scratch scratch;
        scratch.write(styles[i].exercise + ".cpp", read_text(styles[i].file));
        std::vector<std::string> arguments = {"run", "--submission", scratch.path.string(), styles[i].exercise};
        arguments.insert(arguments.end(), styles[i].options.begin(), styles[i].options.end());
        styles[i].said = grader(arguments);
    });
}

}  // namespace

TEST_CASE("right solutions in other styles earn everything, hidden tests included") {
    std::vector<Style> styles;
    for (const auto& exercise : fs::directory_iterator(QKV_TEST_DATA "/right")) {
        const std::string id = exercise.path().filename().string();
        if (!is_examined(id)) continue;
        const std::size_t count = add_styles(exercise.path(), styles);
        INFO(id);
        // Practical cases rest on functions that have right files of their own.
        const bool practice = std::ranges::any_of(choose(load_catalog(QKV_ROOT), {id}),
                                                  [](const Exercise& one) { return tally_of(one) == Tally::practice; });
        CHECK(count >= (practice ? 2U : 3U));
    }
    grade_all(styles);
    for (const Style& style : styles) {
        INFO(style.file.string() << "\n" << style.said.text);
        CHECK(style.said.status == 0);
    }
}
