// ./grade debug ID [PART]: the learner's function in gdb, stopped at the call that fails.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "explain/compiler_words.hpp"
#include "commands/debugger.hpp"
#include "base/failure.hpp"
#include "report/failure.hpp"
#include "report/text.hpp"
#include "build/kit_build.hpp"
#include "explain/facts.hpp"
#include "commands.hpp"

namespace qkv::grader {

namespace {

/// ID, and the part if one is named: as a second word, or as --part ID/PART.
struct Asked {
    Exercise exercise;
    std::string part;  ///< empty: the first that failed
};

Asked asked_for(const Kit& kit, const Arguments& arguments) {
    std::vector<std::string> words = arguments.ids;
    if (!arguments.part.empty()) {
        const std::size_t slash = arguments.part.find('/');
        const std::string id = arguments.part.substr(0, slash);
        if (slash == std::string::npos || words.size() > 1 || (words.size() == 1 && words[0] != id))
            throw Failure(wrong_usage,
                          Text{"--part takes ID/PART of the same exercise, for example attention/softmax_rows",
                               "--part 后面写同一个练习的 ID/PART，例如 attention/softmax_rows"});
        words = {id, arguments.part.substr(slash + 1)};
    }
    if (words.empty())
        throw Failure(wrong_usage, Text{"debug needs an exercise: ./grade debug ID [PART]",
                                        "debug 后面要写练习：./grade debug ID [PART]"});
    Asked asked{choose(kit.catalog, {words[0]}).front(), ""};
    if (words.size() == 2) asked.part = choose_part(asked.exercise, words[1]).id;
    return asked;
}

/// The part to look at; null if everything is earned.
const PartResult* part_to_debug(const ExerciseResult& result, const std::string& named) {
    for (const PartResult& part : result.parts) {
        if (part.part.id == named) return &part;
    }
    return part_to_show(result);
}

/// The test case to run; null if nothing of the part can be run.
const TestResult* test_to_debug(const PartResult& part) {
    const auto fails = [](const TestResult& test) {
        const std::string& verdict = test.report.verdict;
        return verdict != "passed" && verdict != "not_implemented" && test.report.failing_call.number > 0;
    };
    // The one that the report shows, if gdb can stop in it.
    const TestResult* shown = test_to_show(part);
    if (shown != nullptr && fails(*shown)) return shown;
    auto found = std::ranges::find_if(part.tests, fails);
    if (found == part.tests.end() && part.status == "passed")
        found = std::ranges::find_if(part.tests, [](const TestResult& test) { return !test.report.calls.empty(); });
    return found == part.tests.end() ? nullptr : &*found;
}

/// Of a test that passes, the first call.
FailingCall call_to_debug(const CaseReport& report) {
    if (report.verdict != "passed") return report.failing_call;
    return {1, report.calls.front().function, ""};
}

void print_indented(const std::string& text, const char* indent) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) fmt::print("{}{}\n", indent, line);
}

void print_place(const Asked& asked, const PartResult& part, const TestResult& test, const FailingCall& call,
                 Language language) {
    const bool zh = language == Language::zh;
    fmt::print("\n  {} · {}\n", asked.exercise.id, part.part.title.in(language));
    fmt::print("    {}  {}\n", zh ? "测试" : "test", test.name);
    const std::string shapes = call.shapes.empty() ? "" : "(" + clean(call.shapes, 400) + ")";
    fmt::print(fmt::runtime(zh ? "    调用  第 {} 次：{}{}\n" : "    call  number {}: {}{}\n"), call.number,
               call.function, shapes);
    if (test.report.verdict == "passed")
        fmt::print("    {}\n",
                   zh ? "这一部分已经通过；gdb 停在第一次调用。" : "This part passes; gdb stops at its first call.");
    print_indented(test.message, "      ");
    fmt::print("{}", zh ? "\n  gdb 会停在这个函数的第一行。常用命令：\n"
                          "    next      执行一行\n"
                          "    print x   查看变量 x，矩阵会显示形状和数值\n"
                          "    finish    执行到函数返回，并显示返回值\n"
                          "    continue  继续执行，直到崩溃或测试结束\n"
                          "    quit      退出\n\n"
                        : "\n  gdb stops on the first line of that function. What one needs there:\n"
                          "    next      runs one line\n"
                          "    print x   shows a variable; a matrix with its shape and values\n"
                          "    finish    runs to the end of the function and shows what it returns\n"
                          "    continue  runs on, to a crash or the end of the test\n"
                          "    quit      ends\n\n");
}

int say_not_written(const Asked& asked, const PartResult& part, Language language) {
    const bool zh = language == Language::zh;
    const std::string message = part.tests.empty() ? "" : part.tests.front().message;
    fmt::print("\n  {} · {}\n", asked.exercise.id, part.part.title.in(language));
    print_indented(message, "    ");
    fmt::print("    {} ./grade hint {} {}\n\n",
               zh ? "还没有可以调试的代码。提示：" : "there is nothing to debug yet; a hint:", asked.exercise.id,
               part.part.id);
    return points_missing;
}

int say_all_earned(const Asked& asked, Language language) {
    const bool zh = language == Language::zh;
    fmt::print(fmt::runtime(zh ? "\n  {0} 的每个部分都通过了，没有需要调试的。想看某个部分怎样运行：\n"
                                 "    ./grade debug {0} {1}\n\n"
                               : "\n  Every part of {0} is earned; there is nothing to debug. To watch one run:\n"
                                 "    ./grade debug {0} {1}\n\n"),
               asked.exercise.id, asked.exercise.parts.front().id);
    return all_earned;
}

}  // namespace

int debug_command(const Kit& kit, const Arguments& arguments) {
    const Language language = arguments.language;
    const Asked asked = asked_for(kit, arguments);
    const std::string debugger = find_debugger();
    const Result all = grade_own(kit, {asked.exercise}, arguments);
    const ExerciseResult& result = all.exercises.front();
    if (result.status != "graded") {
        fmt::print("{}\n", next_step(result, all, {wants_color(), language}));
        return points_missing;
    }
    const PartResult* part = part_to_debug(result, asked.part);
    if (part == nullptr) return say_all_earned(asked, language);
    const TestResult* test = test_to_debug(*part);
    if (test == nullptr) return say_not_written(asked, *part, language);

    GradeOptions options;
    options.submission = kit.root / "exercises";
    options.debug = true;
    options.language = language;
    const auto source = find_source(options.submission, asked.exercise, language);
    if (!source)
        throw Failure(wrong_usage, Text{asked.exercise.id + ".cpp: this file went away just now",
                                        asked.exercise.id + ".cpp：这个文件刚才不见了"});
    build_debug_tests(kit.toolchain, asked.exercise);
    const Built built = build_from(kit, asked.exercise, *source, options);
    if (!built.ok) throw Failure(wrong_usage, first_error(built.diagnostics, source->path.string()));

    const FailingCall call = call_to_debug(test->report);
    DebugPlace place;
    place.tests = kit.toolchain.exercise_folder(asked.exercise.id) / "debug_tests";
    place.learner_code = built.worker;
    place.printers = kit.toolchain.source / "grader" / "debug" / "learner.py";
    place.test = test->report.name_en;
    place.function = asked.exercise.id + "::" + call.function;
    place.call = call.number;
    const std::string& kind = test->report.facts.kind;
    place.throws = kind == "exception" || kind == "eigen_assertion";
    print_place(asked, *part, *test, call, language);
    if (isatty(STDIN_FILENO) == 1) become_debugger(debugger, place);
    fmt::print("{}", clean(run_debugger(debugger, place), 1U << 20));
    return all_earned;
}

}  // namespace qkv::grader
