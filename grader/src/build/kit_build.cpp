#include "build/kit_build.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "base/failure.hpp"
#include "base/process.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// An exercise, its hidden tests or its scenes, added since CMake ran last are not in its files.
bool seen_by_cmake(const Toolchain& toolchain, const Exercise& exercise) {
    const fs::path folder = toolchain.exercise_folder(exercise.id);
    const auto seen = [&](const char* mark, const fs::path& source) {
        return fs::exists(folder / mark) || !fs::exists(source);
    };
    return fs::exists(folder / "paths.cpp") && seen("with_hidden_tests", exercise.solution / "hidden_tests.cpp") &&
           seen("with_scenes", exercise.folder / "scenes.cpp");
}

/// What everything that is built for these is called, behind the exercise's name.
const char* suffix_of(KitOf whom) {
    switch (whom) {
        case KitOf::scenes:
            return "_scenes_kit";
        case KitOf::hidden_tests:
            return "_hidden_kit";
        case KitOf::instructors:
            return "_instructor_kit";
        case KitOf::learners:
            break;
    }
    return "_kit";
}

/// Forgets what was built of exercises that are no longer there; true if there were any.
bool forget_gone(const Toolchain& toolchain, const fs::path& exercises) {
    std::vector<fs::path> gone;
    std::error_code ignored;
    for (const auto& folder : fs::directory_iterator(toolchain.exercises, ignored)) {
        if (!fs::exists(exercises / folder.path().filename() / "exercise.toml")) gone.push_back(folder.path());
    }
    for (const fs::path& folder : gone) fs::remove_all(folder, ignored);
    return !gone.empty();
}

/// Targets of another root than the kit's own have a prefix.
std::string target_of(const Toolchain& toolchain, const std::string& name) {
    const fs::path binary = toolchain.exercises.parent_path();
    return binary == toolchain.build ? name : binary.filename().string() + "_" + name;
}

/// By grader/build.sh, which waits for whoever else builds here; `configure` runs CMake first.
void build_targets(const Toolchain& toolchain, const std::vector<std::string>& targets, bool configure = false) {
    Command build;
    build.arguments = {(toolchain.source / "grader" / "build.sh").string(), toolchain.build.string()};
    if (configure) build.arguments.emplace_back("--configure");
    build.arguments.insert(build.arguments.end(), targets.begin(), targets.end());
    build.seconds = 3600;
    build.on_output = [](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stderr); };
    const Ended ended = run(build);
    if (ended.exit_code != 0)
        throw Failure(kit_fault, Text{"the kit itself did not build; the lines above say where",
                                      "工具本身构建失败，位置见上面几行"});
}

}  // namespace

void build_target(const Toolchain& toolchain, const std::string& target) { build_targets(toolchain, {target}); }

void build_debug_tests(const Toolchain& toolchain, const Exercise& exercise) {
    build_targets(toolchain, {target_of(toolchain, exercise.id + "_debug")});
}

void build_kit(const Toolchain& toolchain, const std::vector<Exercise>& exercises, const std::vector<Exercise>& needed,
               KitOf whom) {
    const auto seen = [&](const Exercise& exercise) { return seen_by_cmake(toolchain, exercise); };
    // Only of the kit's own: another root may hold a part of what the toolchain knows.
    const fs::path root = toolchain.source / "exercises";
    const bool gone = exercises.front().folder.parent_path() == root && forget_gone(toolchain, root);
    const bool configure = gone || !std::ranges::all_of(exercises, seen) || !std::ranges::all_of(needed, seen);
    std::vector<std::string> targets;
    for (const Exercise& exercise : exercises) targets.push_back(target_of(toolchain, exercise.id + suffix_of(whom)));
    for (const Exercise& exercise : needed) targets.push_back(target_of(toolchain, exercise.id + "_symbols"));
    if (toolchain.sanitize) targets.emplace_back("qkv_sanitizers");
    build_targets(toolchain, targets, configure);
}

}  // namespace qkv::grader
