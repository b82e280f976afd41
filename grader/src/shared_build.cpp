#include "shared_build.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "failure.hpp"
#include "process.hpp"

namespace qkv {

namespace fs = std::filesystem;

namespace {

/// An exercise, or hidden tests, added since CMake ran last are not in its files.
bool seen_by_cmake(const Recipe& recipe, const Exercise& exercise) {
    const fs::path place = recipe.place(exercise.id);
    return fs::exists(place / "places.cpp") &&
           (fs::exists(place / "with_hidden_tests") || !fs::exists(exercise.solution / "hidden_tests.cpp"));
}

/// Forgets what was built of exercises that are no longer there; true if there were any.
bool forget_gone(const Recipe& recipe, const fs::path& exercises) {
    std::vector<fs::path> gone;
    std::error_code ignored;
    for (const auto& place : fs::directory_iterator(recipe.exercises, ignored)) {
        if (!fs::exists(exercises / place.path().filename() / "exercise.toml")) gone.push_back(place.path());
    }
    for (const fs::path& place : gone) fs::remove_all(place, ignored);
    return !gone.empty();
}

/// Targets of another root than the kit's own have a prefix.
std::string target_of(const Recipe& recipe, const std::string& name) {
    const fs::path binary = recipe.exercises.parent_path();
    return binary == recipe.build ? name : binary.filename().string() + "_" + name;
}

/// By grader/build.sh, which waits for whoever else builds here; `configure` runs CMake first.
void build_targets(const Recipe& recipe, const std::vector<std::string>& targets, bool configure = false) {
    Command build;
    build.arguments = {(recipe.source / "grader" / "build.sh").string(), recipe.build.string()};
    if (configure) build.arguments.emplace_back("--configure");
    build.arguments.insert(build.arguments.end(), targets.begin(), targets.end());
    build.seconds = 3600;
    build.on_output = [](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stderr); };
    const Ended ended = run(build);
    if (ended.exit_code != 0) {
        throw Failure(kit_fault, Text{"the kit itself did not build; the lines above say where",
                                      "工具本身构建失败，位置见上面几行"});
    }
}

}  // namespace

void build_debug_tests(const Recipe& recipe, const Exercise& exercise) {
    build_targets(recipe, {target_of(recipe, exercise.id + "_debug")});
}

void build_kit(const Recipe& recipe, const std::vector<Exercise>& exercises, const std::vector<Exercise>& needed,
               bool for_instructors) {
    const auto seen = [&](const Exercise& exercise) { return seen_by_cmake(recipe, exercise); };
    // Only of the kit's own: another root may hold a part of what the recipe knows.
    const fs::path root = recipe.source / "exercises";
    const bool gone = exercises.front().folder.parent_path() == root && forget_gone(recipe, root);
    std::vector<std::string> targets;
    for (const Exercise& exercise : exercises)
        targets.push_back(target_of(recipe, exercise.id + (for_instructors ? "_instructor_kit" : "_kit")));
    for (const Exercise& exercise : needed) targets.push_back(target_of(recipe, exercise.id + "_symbols"));
    if (recipe.sanitize) targets.emplace_back("qkv_sanitizers");
    build_targets(recipe, targets, gone || !std::ranges::all_of(exercises, seen) || !std::ranges::all_of(needed, seen));
}

}  // namespace qkv
