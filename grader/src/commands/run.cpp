// ./grade run: grade files and report.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "report/json.hpp"
#include "report/junit.hpp"
#include "report/text.hpp"
#include "build/sanitizers.hpp"
#include "base/state.hpp"
#include "commands.hpp"

namespace qkv::grader {

namespace {

/// `./grade attention softmax_rows` means the part, as it does for hint, compare and debug.
bool names_part(const Kit& kit, const std::vector<std::string>& ids) {
    const auto has_id = [&](const std::string& id) { return std::ranges::find(kit.catalog, id, &Exercise::id); };
    if (ids.size() != 2 || has_id(ids[1]) != kit.catalog.end()) return false;
    const auto exercise = has_id(ids[0]);
    return exercise != kit.catalog.end() && exercise->find_part(ids[1]) != nullptr;
}

/// --part ID/PART names the exercise too.
std::vector<Exercise> chosen_exercises(const Kit& kit, const Arguments& arguments, std::string& part) {
    std::vector<std::string> ids = arguments.ids;
    if (arguments.part.empty() && names_part(kit, ids)) {
        part = ids[1];
        ids.pop_back();
    }
    if (!arguments.part.empty()) {
        const std::size_t slash = arguments.part.find('/');
        if (slash == std::string::npos || !ids.empty()) {
            throw Failure(wrong_usage,
                          Text{"--part takes ID/PART, for example attention/softmax_rows, and no other ID beside it",
                               "--part 后面写 ID/PART，例如 attention/softmax_rows，此外不再写别的 ID"});
        }
        ids = {arguments.part.substr(0, slash)};
        part = arguments.part.substr(slash + 1);
    }
    auto exercises = choose(kit.catalog, ids);
    if (!part.empty()) choose_part(exercises.front(), part);
    return exercises;
}

void check_hidden(const std::vector<Exercise>& exercises) {
    for (const Exercise& exercise : exercises) {
        if (!std::filesystem::exists(exercise.solution / "hidden_tests.cpp")) {
            const std::string file = (exercise.solution / "hidden_tests.cpp").string();
            throw Failure(wrong_usage,
                          Text{fmt::format("--hidden: {} is not there; hidden tests are kept with the solutions", file),
                               fmt::format("--hidden：找不到 {}；隐藏测试和参考解答放在一起", file)});
        }
    }
}

void write_report(const Result& result, const Arguments& arguments) {
    const bool color = arguments.output.empty() && wants_color();
    const std::string report = arguments.format == "json"    ? to_json(result)
                               : arguments.format == "junit" ? to_junit(result)
                                                             : to_text(result, color);
    if (arguments.output.empty()) {
        std::fwrite(report.data(), 1, report.size(), stdout);
        return;
    }
    std::ofstream stream(arguments.output, std::ios::binary);
    stream << report;
    stream.close();
    const std::string file = clean(arguments.output.string(), 200);
    if (!stream)
        throw Failure(wrong_usage, Text{fmt::format("--output {}: this file cannot be written", file),
                                        fmt::format("--output {}：这个文件写不进去", file)});
}

}  // namespace

void remember(const Kit& kit, const Result& result) {
    const Remembered remembered = update_state(kit.root, [&](State& state) {
        for (const ExerciseResult& exercise : result.exercises) state.scores[exercise.exercise.id] = exercise.score;
    });
    const std::string words = remembered_words(remembered).in(result.language);
    if (!words.empty()) fmt::print(stderr, "{}\n", words);
}

std::filesystem::path submission_folder(const Kit& kit, const Arguments& arguments) {
    if (arguments.solutions) {
        if (!std::filesystem::is_directory(kit.root / "solutions")) {
            throw Failure(wrong_usage, Text{"--solutions: this copy of the kit has no solutions/ folder",
                                            "--solutions：这一份里没有 solutions/ 文件夹"});
        }
        return kit.root / "solutions";
    }
    if (arguments.submission.empty()) return kit.root / "exercises";
    if (!std::filesystem::is_directory(arguments.submission)) {
        const std::string folder = clean(arguments.submission.string(), 200);
        throw Failure(wrong_usage, Text{fmt::format("--submission {}: there is no such folder", folder),
                                        fmt::format("--submission {}：没有这个文件夹", folder)});
    }
    return std::filesystem::absolute(arguments.submission).lexically_normal();
}

GradeOptions own_options(const Kit& kit, const Arguments& arguments) {
    GradeOptions options;
    options.submission = kit.root / "exercises";
    options.jobs = arguments.jobs;
    options.language = arguments.language;
    options.leave_settings = true;
    return options;
}

Result grade_own(const Kit& kit, const std::vector<Exercise>& exercises, const Arguments& arguments) {
    prepare(kit, exercises, false);
    Result result = grade(kit, exercises, own_options(kit, arguments));
    remember(kit, result);
    return result;
}

/// The kit with sanitizers in its workers, and one line about what that means.
static Kit sanitized(Kit kit, Language language) {
    kit.toolchain = with_sanitizers(kit.toolchain);
    allow_more_time(kit.catalog);
    std::fprintf(stderr, "%s\n", walls_down_words().in(language).c_str());
    return kit;
}

int run_command(const Kit& plain_kit, const Arguments& arguments) {
    const Kit kit = arguments.sanitize ? sanitized(plain_kit, arguments.language) : plain_kit;
    GradeOptions options;
    const auto exercises = chosen_exercises(kit, arguments, options.part);
    options.submission = submission_folder(kit, arguments);
    options.own_stack = arguments.own_stack;
    options.hidden = arguments.hidden;
    options.jobs = arguments.jobs;
    if (!arguments.compiler.empty()) options.compiler = find_compiler(arguments.compiler);
    options.language = arguments.language;
    // A search for mistakes without walls is no grading: its points are not kept.
    const bool own = !arguments.solutions && arguments.submission.empty() && !arguments.sanitize;
    options.leave_settings = own;
    if (options.hidden) {
        check_hidden(exercises);
        options.seed = arguments.seed.value_or(std::random_device{}());
    }
    prepare(kit, exercises, options.hidden);
    Result result = grade(kit, exercises, options);
    result.own_stack = result.own_stack && !arguments.solutions;  // nobody's own
    if (own && options.part.empty()) remember(kit, result);
    write_report(result, arguments);
    return result.score() == result.max_score() ? all_earned : points_missing;
}

}  // namespace qkv::grader
