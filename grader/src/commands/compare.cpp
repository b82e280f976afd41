// ./grade compare ID [PART]: my functions against the reference, down to the smallest case that differs.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "model/declarations.hpp"
#include "explain/diagnosis.hpp"
#include "base/failure.hpp"
#include "report/failure.hpp"
#include "report/text.hpp"
#include "commands.hpp"

namespace qkv::grader {

namespace {

/// The names of a function's parameters, as its header has them.
std::vector<std::string> parameters_of(const Exercise& exercise, const std::string& function) {
    const SourceFile header = read_source(exercise.folder / (exercise.id + ".hpp"), exercise, Language::en);
    for (const Declaration& declared : declarations(header.text)) {
        if (declared.name == function) return declared.parameters;
    }
    return {};
}

/// The case as lines of C++ to paste.
std::string pasted(const Exercise& exercise, const SmallestCase& smallest) {
    std::vector<std::string> names = parameters_of(exercise, smallest.function);
    names.resize(smallest.arguments.size());
    std::string text, call;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty()) names[i] = fmt::format("argument_{}", i + 1);
        text += fmt::format("      const auto {} = {};\n", names[i], smallest.arguments[i]);
        call += (call.empty() ? "" : ", ") + names[i];
    }
    return text + fmt::format("      const auto result = {}::{}({});\n", exercise.id, smallest.function, call);
}

std::string difference(const Exercise& exercise, const PartResult& part, const TestResult& test, Language language) {
    const bool zh = language == Language::zh;
    const SmallestCase& smallest = test.report.smallest;
    std::string text = fmt::format("\n  {} · {} · {}\n", exercise.id, part.part.title.in(language), smallest.function);
    text += zh ? "    与参考实现不同；找到的最小例子（可以直接粘贴）：\n"
               : "    differs from the reference; the smallest case found, to paste:\n";
    text += pasted(exercise, smallest);
    text += fmt::format("    {} {}\n", zh ? "应为" : "expected", clean(smallest.expected, 4000));
    if (smallest.found.empty()) {
        text += fmt::format("    {} {}\n", zh ? "得到" : "found   ", test.message);
    } else {
        text += fmt::format("    {} {}\n", zh ? "得到" : "found   ", clean(smallest.found, 4000));
        // The last line of the message says where NaN was first made.
        const bool has_origin = test.report.facts.values.contains("origin");
        if (has_origin) text += "    " + test.message.substr(test.message.rfind('\n') + 1) + "\n";
    }
    // What the visible tests recognise is what happens here too, if it is of the same kind: wrong values, or errors.
    const auto known = std::ranges::find_if(part.tests, [&](const TestResult& one) {
        return !one.diagnosis.empty() && about_refusal(one) == about_refusal(test);
    });
    if (known != part.tests.end()) text += "    " + known->diagnosis + "\n";
    return text;
}

/// How many functions agree, differ and are not written; what is none is not said.
std::string counts(int same, int different, int unwritten, bool zh) {
    std::string text;
    const auto add = [&](int count, const char* one, const char* many, const char* chinese) {
        if (count == 0) return;
        text += (text.empty() ? "  "
                 : zh         ? "，"
                              : ", ") +
                fmt::format(fmt::runtime(zh           ? chinese
                                         : count == 1 ? one
                                                      : many),
                            count);
    };
    add(same, "{} function agrees with the reference", "{} functions agree with the reference",
        "{} 个函数与参考实现一致");
    add(different, "{} function differs", "{} functions differ", "{} 个不同");
    add(unwritten, "{} function is not written yet", "{} functions are not written yet", "{} 个还没有写");
    return text + (zh ? "。\n" : ".\n");
}

}  // namespace

int compare_command(const Kit& kit, const Arguments& arguments) {
    const auto exercises = choose(kit.catalog, {arguments.ids[0]});
    const Exercise& exercise = exercises.front();
    const bool zh = arguments.language == Language::zh;
    GradeOptions options;
    if (arguments.ids.size() == 2) options.part = choose_part(exercise, arguments.ids[1]).id;
    const auto reference = exercise.solution / "hidden_tests.cpp";
    if (!std::filesystem::exists(reference)) {
        const std::string file = clean(reference.string());
        throw Failure(wrong_usage,
                      Text{fmt::format("compare: {} is not there; the reference and its cases are kept with "
                                       "the solutions, which this copy of the kit lacks",
                                       file),
                           fmt::format("compare：找不到 {}；参考实现和它的例子放在 solutions/ 里，这一份没有", file)});
    }
    options.submission = submission_folder(kit, arguments);
    options.hidden = options.compare = true;
    options.language = arguments.language;
    prepare(kit, exercises, true);
    const Result all = grade(kit, exercises, options);
    const ExerciseResult& result = all.exercises.front();
    if (result.status != "graded") {
        fmt::print("{}\n", next_step(result, all, {wants_color(), arguments.language}));
        return points_missing;
    }
    int same = 0, different = 0, unwritten = 0;
    for (const PartResult& part : result.parts) {
        for (const TestResult& test : part.tests) {
            if (!test.hidden) continue;
            if (test.report.verdict == "passed") {
                ++same;
            } else if (test.report.verdict == "not_implemented") {
                ++unwritten;
            } else {
                ++different;
                fmt::print("{}", test.report.smallest.arguments.empty()
                                     ? fmt::format("\n  {} · {}\n    {}\n", exercise.id,
                                                   part.part.title.in(arguments.language), test.message)
                                     : difference(exercise, part, test, arguments.language));
            }
        }
    }
    fmt::print("\n{}", counts(same, different, unwritten, zh));
    // Refusals are laws of the tests; the generated cases are valid.
    const auto fails = [](const PartResult& part) {
        return std::ranges::any_of(part.tests, [](const TestResult& test) { return !test.hidden && failed(test); });
    };
    if (different == 0 && unwritten == 0 && std::ranges::any_of(result.parts, fails))
        fmt::print("  {} ./grade {}\n",
                   zh ? "这里只比较合法的输入；还有测试没有通过："
                      : "Only valid input is compared here; some tests still fail:",
                   exercise.id);
    fmt::print("\n");
    return different == 0 && same > 0 ? all_earned : points_missing;
}

}  // namespace qkv::grader
