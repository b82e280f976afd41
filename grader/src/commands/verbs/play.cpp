// ./grade play ID: a scratch main on the learner's own functions. One's own file only, and without walls: it is run as
// any program of one's own.
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "base/process.hpp"
#include "commands/commands.hpp"
#include "explain/compiler.hpp"
#include "model/declarations.hpp"
#include "report/failure.hpp"
#include "report/text.hpp"

namespace qkv::grader {

namespace {

namespace fs = std::filesystem;

/// What a playground begins as.
std::string first_playground(const Exercise& exercise, Language language) {
    std::string calls;
    for (const Declaration& declared : declarations(read_file(exercise.folder / (exercise.id + ".hpp"))))
        calls += fmt::format("    //   {}({})\n", declared.name, fmt::join(declared.parameters, ", "));
    return say(
        {"// Your playground: ./grade play {0} compiles this file with your {0}.cpp and runs it. It is not graded.\n"
         "#include \"qkv/play.hpp\"\n\nusing namespace {0};\n\nint main() {{\n"
         "    // What ./grade compare shows can be pasted here. Your functions:\n{1}"
         "    const Matrix x{{{{1, 2, 3}}, {{4, 5, 6}}}};\n    qkv::print(\"x\", x);\n}}\n",
         "// 试验场：./grade play {0} 把这个文件和你的 {0}.cpp 一起编译、运行，不评分。\n"
         "#include \"qkv/play.hpp\"\n\nusing namespace {0};\n\nint main() {{\n"
         "    // ./grade compare 给出的例子可以粘贴到这里。你的函数：\n{1}"
         "    const Matrix x{{{{1, 2, 3}}, {{4, 5, 6}}}};\n    qkv::print(\"x\", x);\n}}\n"},
        language, exercise.id, calls);
}

void make_playground(const fs::path& file, const Exercise& exercise, Language language) try {
    if (fs::exists(fs::symlink_status(file))) return;
    write_file(file, first_playground(exercise, language));
    fmt::print(stderr, "{}",
               say({"made {}; change it as you like\n", "新建了 {}，随便改\n"}, language, shown_path(file)));
} catch (const fs::filesystem_error&) {
    throw Failure(wrong_usage, said({"{}: this file cannot be written", "{}：这个文件写不进去"}, file.string()));
}

}  // namespace

int play_command(const Kit& kit, const Arguments& arguments) {
    const Exercise exercise = choose_one(kit.catalog, arguments.ids[0]);
    const Language language = arguments.language;
    const fs::path file = exercise.folder / "play.cpp";
    make_playground(file, exercise, language);
    const auto source = find_source(kit.root / "exercises", exercise);
    if (!source)
        throw Failure(wrong_usage,
                      said({"{}: this file is missing", "{}：没有这个文件"}, exercise.learners_file().string()));
    prepare(kit, {exercise}, KitOf::learners);
    GradeOptions options = own_options(kit, arguments);
    options.own_stack = arguments.own_stack;
    const auto [built, of_main] = build_main(kit, exercise, read_source(file, exercise), *source, options);
    if (built.fault) {
        ExerciseResult result = begin(exercise);
        result.status = Status::build_failed;
        result.source = of_main ? file : source->path;
        result.fault = built.fault;
        result.diagnostics = built.diagnostics + fault_words(result, language);
        fmt::print("{}\n", without_commands(next_step(result, {}, {wants_color(), language})));
        return points_missing;
    }
    Command program;
    program.arguments = {built.worker.string()};
    std::fflush(nullptr);
    run_instead(program);
}

}  // namespace qkv::grader
