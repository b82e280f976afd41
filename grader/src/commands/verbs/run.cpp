// ./grade run: grade files and report.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "build/sanitizers.hpp"
#include "collect/endings.hpp"
#include "collect/stage.hpp"
#include "commands/commands.hpp"
#include "grading/tests.hpp"
#include "report/github.hpp"
#include "report/gradescope.hpp"
#include "report/json.hpp"
#include "report/junit.hpp"
#include "report/text.hpp"

namespace qkv::grader {

VerbFunction run_command;

namespace {

/// `./grade attention softmax_rows` means the part, as it does for hint, compare and debug.
bool names_part(const Kit& kit, const std::vector<std::string>& ids) {
    const auto find = [&](const std::string& id) { return std::ranges::find(kit.catalog, id, &Exercise::id); };
    if (ids.size() != 2 || find(ids[1]) != kit.catalog.end()) return false;
    const auto exercise = find(ids[0]);
    return exercise != kit.catalog.end() && exercise->find_part(ids[1]) != nullptr;
}

void check_hidden(const std::vector<Exercise>& exercises) {
    for (const Exercise& exercise : exercises) {
        const auto file = exercise.solution / "hidden_tests.cpp";
        if (!std::filesystem::exists(file))
            throw Failure(wrong_usage, said({"--hidden: {} is not there; hidden tests are kept with the solutions",
                                             "--hidden：找不到 {}；隐藏测试和参考解答放在一起"},
                                            file.string()));
    }
}

void write_report(const Result& result, const Arguments& arguments) {
    const bool color = arguments.output.empty() && wants_color();
    const std::string& format = arguments.format;
    // What the runner obeys, it reads on standard output; --output is the summary's.
    if (format == "github") fmt::print("{}", github_annotations(result));
    const std::string report = format == "json"         ? to_json(result)
                               : format == "junit"      ? to_junit(result)
                               : format == "gradescope" ? to_gradescope(result)
                               : format == "github"     ? github_summary(result)
                                                        : to_text(result, color);
    put_out(report, arguments);
}

/// Says which exercises have no verdict, and why.
void print_not_graded(const Result& result) {
    for (const NotGraded& one : result.not_graded)
        fmt::print(stderr, "{}\n",
                   without_commands(say({"{} was not graded: {}", "{} 没有评分：{}"}, result.language, one.exercise,
                                        one.why.in(result.language))));
}

/// The kit with sanitizers in its workers, and one line about what that means.
Kit sanitized(Kit kit, Language language) {
    kit.toolchain = with_sanitizers(kit.toolchain);
    allow_more_time(kit.catalog);
    std::fprintf(stderr, "%s\n", walls_down_words().in(language).c_str());
    return kit;
}

/// A folder that goes when this does.
struct Scratch {
    std::filesystem::path folder;

    Scratch() {
        std::string form = (std::filesystem::temp_directory_path() / "qkv-XXXXXX").string();
        if (mkdtemp(form.data()) == nullptr)
            throw Failure(kit_fault, said({"no folder can be made in {}", "在 {} 里建不了文件夹"},
                                          std::filesystem::temp_directory_path().string()));
        folder = form;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
};

/// --submission names an archive: its files are graded as a folder of them would be.
int run_on_archive(const Kit& kit, const Arguments& arguments) {
    const Scratch scratch;
    const std::string name = arguments.submission.filename().string();
    const Staged staged =
        stage(kit.toolchain, {{arguments.submission, ""}}, kit.catalog, {}, false, scratch.folder / name);
    for (const Text& note : staged.notes) fmt::print(stderr, "{}\n", without_commands(note.in(arguments.language)));
    Arguments unpacked = arguments;
    unpacked.submission = staged.attempts.front();
    return run_command(kit, unpacked);
}

}  // namespace

int run_command(const Kit& plain_kit, const Arguments& arguments) {
    if (submits_file(arguments) && is_archive(arguments.submission.string()))
        return run_on_archive(plain_kit, arguments);
    const Kit kit = arguments.sanitize ? sanitized(plain_kit, arguments.language) : plain_kit;
    GradeOptions options;
    std::vector<Exercise> exercises;
    if (!arguments.part.empty() || names_part(kit, arguments.ids)) {
        const Asked asked = asked_for(kit, arguments);
        exercises = {asked.exercise};
        options.part = asked.part;
    } else if (arguments.ids.empty() && submits_file(arguments)) {
        const auto named = std::ranges::find(kit.catalog, arguments.submission.stem().string(), &Exercise::id);
        if (named != kit.catalog.end()) exercises = {*named};
    } else {
        exercises = arguments.ids.empty() ? of_course(kit.catalog) : choose(kit.catalog, arguments.ids);
    }
    set_submission(options, kit, arguments, exercises);
    options.own_stack = arguments.own_stack;
    options.hidden = arguments.hidden;
    options.jobs = arguments.jobs;
    if (!arguments.compiler.empty()) options.compiler = find_compiler(arguments.compiler);
    options.language = arguments.language;
    // A search for mistakes without walls is no grading: its points are not kept.
    const bool own = !arguments.solutions && arguments.submission.empty() && !arguments.sanitize;
    if (own) options.settings_file = own_settings;
    if (arguments.solutions && !arguments.sanitize) options.settings_file = reference_settings;
    if (options.hidden) {
        check_hidden(exercises);
        options.seed = arguments.seed.value_or(std::random_device{}());
    }
    prepare(kit, exercises, options.hidden ? KitOf::hidden_tests : KitOf::learners);
    Result result = grade(kit, exercises, options);
    result.own_stack = result.own_stack && !arguments.solutions;  // nobody's own
    if (own && options.part.empty()) remember(kit, result);
    write_report(result, arguments);
    print_not_graded(result);
    if (!result.not_graded.empty()) return kit_fault;
    return result.score() == result.max_score() ? all_earned : points_missing;
}

}  // namespace qkv::grader
