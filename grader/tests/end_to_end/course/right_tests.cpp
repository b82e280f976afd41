// Right solutions that other people might write: every one of them earns everything. ./check tries two of each
// exercise, one with hidden tests, ./check --all every one with them.
#include <cstdlib>
#include <filesystem>

#include "qkv/matrix.hpp"

#include "grader.hpp"
#include "harness/catch2.hpp"
#include "model/catalog.hpp"

using namespace qkv::tests;
namespace fs = std::filesystem;

TEST_CASE("right solutions in other styles earn everything, hidden tests included") {
    for (const auto& exercise : fs::directory_iterator(QKV_TEST_DATA "/right")) {
        const std::string id = exercise.path().filename().string();
        if (!is_examined(id)) continue;
        int styles = 0;
        for (const auto& style : fs::directory_iterator(exercise.path())) {
            if (++styles > 2 && !everything()) continue;
            const Scratch scratch;
            scratch.write(id + ".cpp", read_text(style.path()));
            std::vector<std::string> options = {"--submission", scratch.path.string(), id};
            if (styles == 1 || everything())
                options.insert(options.end(), {"--hidden", "--seed", std::to_string(styles)});
            const Said said = graded(options);
            INFO(style.path().string());
            options.insert(options.begin(), "run");
            INFO((said.status == 0 ? "" : grader(options).text));
            CHECK(said.status == 0);
        }
        INFO(id);
        // Practical cases rest on functions that have right files of their own.
        const bool practice = std::ranges::any_of(choose(load_catalog(QKV_ROOT), {id}),
                                                  [](const Exercise& one) { return tally_of(one) == Tally::practice; });
        CHECK(styles >= (practice ? 2 : 3));
    }
}
