// ./grade debug ID [PART]: the learner's function in gdb, stopped at the call that fails.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/process.hpp"
#include "build/kit_build.hpp"
#include "commands/commands.hpp"
#include "explain/compiler.hpp"
#include "report/failure.hpp"
#include "report/text.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

std::string find_debugger() {
    std::string found = find_program("gdb");
    if (!found.empty()) return found;
    throw Failure(wrong_usage, Text{"debug needs gdb, which is not installed; its package is called gdb",
                                    "debug 需要 gdb，但没有安装；软件包的名字就叫 gdb"});
}

/// The test case to run; null if nothing of the part can be run.
const TestResult* test_to_debug(const PartResult& part) {
    const auto fails = [](const TestResult& test) {
        const Verdict verdict = test.report.verdict;
        return verdict != Verdict::passed && verdict != Verdict::not_implemented && test.report.failing_call.number > 0;
    };
    // The one that the report shows, if gdb can stop in it.
    const TestResult* shown = test_to_show(part);
    if (shown != nullptr && fails(*shown)) return shown;
    auto found = std::ranges::find_if(part.tests, fails);
    if (found == part.tests.end() && part.status == Status::passed)
        found = std::ranges::find_if(part.tests, [](const TestResult& test) { return !test.report.calls.empty(); });
    return found == part.tests.end() ? nullptr : &*found;
}

/// A message behind so many spaces.
std::string indented(const std::string& text, std::size_t columns) {
    std::string result;
    for (const std::string& line : wrapped(text, std::string::npos)) result += std::string(columns, ' ') + line + "\n";
    return result;
}

std::string heading(const Asked& asked, const PartResult& part, Language language) {
    return fmt::format("\n  {} · {}\n", asked.exercise.id, part.part.title.in(language));
}

void print_place(const TestResult& test, const FailingCall& call, Language language) {
    const std::string shapes = call.shapes.empty() ? "" : "(" + clean(call.shapes, 400) + ")";
    fmt::print("{}", say({"    test  {}\n    call  number {}: {}{}\n", "    测试  {}\n    调用  第 {} 次：{}{}\n"},
                         language, test.name, call.number, call.function, shapes));
    if (!failed(test))
        fmt::print("    {}\n",
                   say({"This part passes; gdb stops at its first call.", "这一部分已经通过；gdb 停在第一次调用。"},
                       language));
    fmt::print("{}", indented(test.message, 6));
    fmt::print("{}", say({"\n  gdb stops on the first line of that function. What one needs there:\n"
                          "    next      runs one line\n"
                          "    print x   shows a variable; a matrix with its shape and values\n"
                          "    finish    runs to the end of the function and shows what it returns\n"
                          "    continue  runs on, to a crash or the end of the test\n"
                          "    quit      ends\n\n",
                          "\n  gdb 会停在这个函数的第一行。常用命令：\n"
                          "    next      执行一行\n"
                          "    print x   查看变量 x，矩阵会显示形状和数值\n"
                          "    finish    执行到函数返回，并显示返回值\n"
                          "    continue  继续执行，直到崩溃或测试结束\n"
                          "    quit      退出\n\n"},
                         language));
}

/// Builds the tests and the learner's file for gdb.
DebugPlace build_place(const Kit& kit, const Exercise& exercise, const TestResult& test, const FailingCall& call) {
    GradeOptions options;
    options.submission = kit.root / "exercises";
    options.debug = true;
    const auto source = find_source(options.submission, exercise);
    if (!source)
        throw Failure(wrong_usage,
                      said({"{}.cpp: this file went away just now", "{}.cpp：这个文件刚才不见了"}, exercise.id));
    build_debug_tests(kit.toolchain, exercise);
    const Built built = build_from(kit, exercise, *source, options);
    if (built.fault) throw Failure(wrong_usage, first_error(built.diagnostics, source->path.string()));
    DebugPlace place;
    place.tests = kit.toolchain.exercise_folder(exercise.id) / "debug_tests";
    place.learner_code = built.worker;
    place.scripts = kit.toolchain.source / "grader" / "debug";
    place.test = test.report.name_en;
    place.function = exercise.id + "::" + call.function;
    place.call = call.number;
    const Fault fault = test.report.facts.fault;
    place.throws = fault == Fault::exception || fault == Fault::eigen_assertion;
    return place;
}

/// Without a terminal gdb runs to the place and shows it; with one it takes over, and this does not return.
void start_debugger(const std::string& debugger, const DebugPlace& place) {
    const bool batch = isatty(STDIN_FILENO) != 1;
    // The library's folder holds the script and is where gdb runs: LD_PRELOAD takes a relative path, and no other with
    // a space in it.
    const fs::path folder = place.learner_code.parent_path(), script = folder / "debug.gdb";
    write_file(script, debugger_script(place, batch));
    Command command;
    command.arguments = {debugger, "-q"};
    if (batch) command.arguments.insert(command.arguments.end(), {"-batch", "-nx"});
    for (const std::string& word :
         {std::string("-x"), script.string(), std::string("--args"), place.tests.string(), as_test_spec(place.test)})
        command.arguments.push_back(word);
    command.environment = {{"DEBUGINFOD_URLS", ""}, {"SHELL", "/bin/sh"}};  // else gdb asks about the network first
    command.folder = folder.string();
    command.seconds = 120;  // what runs before the place ran in the grading, within its limits
    std::fflush(nullptr);
    if (!batch) run_instead(command);
    fmt::print("{}", clean(run(command).output, 1U << 20));
}

}  // namespace

std::string as_test_spec(const std::string& name) {
    std::string spec;
    for (const char byte : name) {
        if (std::string_view("\\,[]\"~*").find(byte) != std::string_view::npos) spec += '\\';
        spec += byte;
    }
    return spec;
}

std::string debugger_script(const DebugPlace& place, bool batch) {
    return fmt::format(fmt::runtime(read_file(place.scripts / "stop.gdb")),
                       fmt::arg("printers", (place.scripts / "learner.py").string()),
                       fmt::arg("library", place.learner_code.filename().string()), fmt::arg("call", place.call),
                       fmt::arg("function", place.function), fmt::arg("throws", place.throws ? "catch throw" : ""),
                       fmt::arg("show", batch ? "backtrace 4" : ""));
}

int debug_command(const Kit& kit, const Arguments& arguments) {
    const Language language = arguments.language;
    const Asked asked = asked_for(kit, arguments);
    const std::string debugger = find_debugger();
    const Result all = grade_own(kit, {asked.exercise}, arguments);
    const ExerciseResult& result = all.exercises.front();
    if (result.status != Status::graded) {
        fmt::print("{}\n", next_step(result, all, {wants_color(), language}));
        return points_missing;
    }
    const auto named = std::ranges::find(result.parts, asked.part, [](const PartResult& part) { return part.part.id; });
    const PartResult* part = named == result.parts.end() ? part_to_show(result) : &*named;
    if (part == nullptr) {
        fmt::print("{}", say({"\n  Every part of {0} is earned; there is nothing to debug. To watch one run:\n"
                              "    ./grade debug {0} {1}\n\n",
                              "\n  {0} 的每个部分都通过了，没有需要调试的。想看某个部分怎样运行：\n"
                              "    ./grade debug {0} {1}\n\n"},
                             language, asked.exercise.id, asked.exercise.parts.front().id));
        return all_earned;
    }
    const TestResult* test = test_to_debug(*part);
    if (test == nullptr) {
        const std::string message = part->tests.empty() ? "" : part->tests.front().message;
        fmt::print("{}{}    {}./grade hint {} {}\n\n", heading(asked, *part, language), indented(message, 4),
                   say({"there is nothing to debug yet; a hint: ", "还没有可以调试的代码。提示："}, language),
                   asked.exercise.id, part->part.id);
        return points_missing;
    }
    // Of a test that passes, the first call.
    const FailingCall call =
        failed(*test) ? test->report.failing_call : FailingCall{1, test->report.calls.front().function, ""};
    const DebugPlace place = build_place(kit, asked.exercise, *test, call);
    fmt::print("{}", heading(asked, *part, language));
    print_place(*test, call, language);
    start_debugger(debugger, place);
    return all_earned;
}

}  // namespace qkv::grader
