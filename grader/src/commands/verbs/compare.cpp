// ./grade compare ID [PART]: my functions against the reference, down to the smallest case that differs.
#include <algorithm>
#include <array>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "commands/commands.hpp"
#include "explain/diagnosis.hpp"
#include "model/declarations.hpp"
#include "report/failure.hpp"
#include "report/text.hpp"

namespace qkv::grader {

namespace {

/// The names of a function's parameters, as its header has them.
std::vector<std::string> parameters_of(const Exercise& exercise, const std::string& function) {
    for (const Declaration& declared : declarations(read_file(exercise.folder / (exercise.id + ".hpp")))) {
        if (declared.name == function) return declared.parameters;
    }
    return {};
}

/// The case as lines of C++ to paste.
std::string pasted(const Exercise& exercise, const SmallestCase& smallest) {
    std::vector<std::string> names = parameters_of(exercise, smallest.function);
    names.resize(smallest.arguments.size());
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty()) names[i] = fmt::format("argument_{}", i + 1);
        text += fmt::format("      const auto {} = {};\n", names[i], smallest.arguments[i]);
    }
    return text + fmt::format("      const auto result = {}::{}({});\n", exercise.id, smallest.function,
                              fmt::join(names, ", "));
}

/// What became of the functions; what is none of them is not said.
struct Counts {
    int same = 0, different = 0, unwritten = 0;

    std::string words(Language language) const {
        struct Count {
            int functions;
            Text one, many;
        };
        const std::array<Count, 3> all = {
            {{same,
              {"{} function agrees with the reference", "{} 个函数与参考实现一致"},
              {"{} functions agree with the reference", "{} 个函数与参考实现一致"}},
             {different, {"{} function differs", "{} 个不同"}, {"{} functions differ", "{} 个不同"}},
             {unwritten,
              {"{} function is not written yet", "{} 个还没有写"},
              {"{} functions are not written yet", "{} 个还没有写"}}}};
        std::vector<std::string> pieces;
        for (const Count& count : all) {
            if (count.functions > 0)
                pieces.push_back(say(count.functions == 1 ? count.one : count.many, language, count.functions));
        }
        return say({"  {}.\n", "  {}。\n"}, language, fmt::join(pieces, say({", ", "，"}, language)));
    }
};

}  // namespace

std::string smallest_difference(const Exercise& exercise, const PartResult& part, const TestResult& test,
                                Language language) {
    const SmallestCase& smallest = test.report.smallest;
    const std::string title = part.part.title.in(language);
    if (smallest.arguments.empty()) return fmt::format("\n  {} · {}\n    {}\n", exercise.id, title, test.message);
    std::string text = fmt::format("\n  {} · {} · {}\n", exercise.id, title, smallest.function);
    text += say({"    differs from the reference; the smallest case found, to paste:\n",
                 "    与参考实现不同；找到的最小例子（可以直接粘贴）：\n"},
                language);
    text += pasted(exercise, smallest);
    text += say({"    expected {}\n    found    {}\n", "    应为 {}\n    得到 {}\n"}, language,
                clean(smallest.expected, 4000), smallest.found.empty() ? test.message : clean(smallest.found, 4000));
    if (!smallest.found.empty() && !test.origin.empty()) text += "    " + test.origin + "\n";
    // What the visible tests recognise is what happens here too, if it is of the same function and of the same kind:
    // wrong values, or errors.
    const auto known = std::ranges::find_if(part.tests, [&](const TestResult& one) {
        return !one.diagnosis.empty() && one.report.failing_call.function == smallest.function &&
               about_refusal(one) == about_refusal(test);
    });
    return known == part.tests.end() ? text : text + "    " + known->diagnosis + "\n";
}

int compare_command(const Kit& kit, const Arguments& arguments) {
    const Asked asked = asked_for(kit, arguments);
    const Exercise& exercise = asked.exercise;
    const Language language = arguments.language;
    const auto reference = exercise.solution / "hidden_tests.cpp";
    if (!std::filesystem::exists(reference))
        throw Failure(wrong_usage,
                      said({"compare: {} is not there; the reference and its cases are kept with the solutions, "
                            "which this copy of the kit lacks",
                            "compare：找不到 {}；参考实现和它的例子放在 solutions/ 里，这一份没有"},
                           clean(reference.string())));
    GradeOptions options;
    options.part = asked.part;
    set_submission(options, kit, arguments, {exercise});
    options.hidden = options.compare = true;
    options.language = language;
    announce_build(kit, exercise, "hidden_tests", language);
    prepare(kit, {exercise}, KitOf::hidden_tests);
    const Result all = grade(kit, {exercise}, options);
    const ExerciseResult& result = all.exercises.front();
    if (result.status != Status::graded) {
        fmt::print("{}\n", without_commands(next_step(result, all, {wants_color(), language})));
        return points_missing;
    }
    Counts counts;
    bool refused = false;  // by visible tests: the generated cases are valid, refusals are laws of the tests
    for (const PartResult& part : result.parts) {
        for (const TestResult& test : part.tests) {
            const Verdict verdict = test.report.verdict;
            if (!test.hidden) {
                refused = refused || failed(test);
            } else if (verdict == Verdict::passed) {
                ++counts.same;
            } else if (verdict == Verdict::not_implemented) {
                ++counts.unwritten;
            } else {
                ++counts.different;
                fmt::print("{}", without_commands(smallest_difference(exercise, part, test, language)));
            }
        }
    }
    fmt::print("\n{}", counts.words(language));
    if (counts.different == 0 && counts.unwritten == 0 && refused)
        fmt::print("{}", say({"  Only valid input is compared here; some tests still fail: ./grade {}\n",
                              "  这里只比较合法的输入；还有测试没有通过：./grade {}\n"},
                             language, exercise.id));
    fmt::print("\n");
    return counts.different == 0 && counts.same > 0 ? all_earned : points_missing;
}

}  // namespace qkv::grader
