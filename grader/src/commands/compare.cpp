// ./grade compare ID [PART]: my functions against the reference, down to the smallest case that differs.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "../compiler_words.hpp"
#include "../declarations.hpp"
#include "../failure.hpp"
#include "../words.hpp"
#include "commands.hpp"

namespace qkv {

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
    // What the visible tests recognise is what happens here too.
    const auto known = std::ranges::find_if(part.tests, [](const TestResult& one) { return !one.diagnosis.empty(); });
    if (known != part.tests.end()) text += "    " + known->diagnosis + "\n";
    return text;
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
        throw Failure(wrong_usage, fmt::format("compare: {} is not there; the reference and its cases are kept with "
                                               "the solutions, which this copy of the kit lacks",
                                               clean(reference.string())));
    }
    options.submission = submission_folder(kit, arguments);
    options.hidden = options.compare = true;
    options.language = arguments.language;
    prepare(kit, exercises, true);
    const ExerciseResult result = grade(kit, exercises, options).exercises.front();
    if (result.status != "graded") {
        fmt::print("\n  {}: {}\n", exercise.id, status_words(result.parts.front(), arguments.language));
        if (!result.diagnostics.empty()) fmt::print("{}\n", first_error(result.diagnostics, result.source.string()));
        return points_missing;
    }
    int same = 0, different = 0;
    for (const PartResult& part : result.parts) {
        for (const TestResult& test : part.tests) {
            if (!test.hidden) continue;
            const bool unwritten = test.report.verdict == "not_implemented";
            if (test.report.verdict == "passed")
                ++same;
            else if (unwritten || test.report.smallest.arguments.empty())
                fmt::print("\n  {} · {}\n    {}\n", exercise.id, part.part.title.in(arguments.language), test.message);
            else
                fmt::print("{}", difference(exercise, part, test, arguments.language));
            if (test.report.verdict != "passed" && !unwritten) ++different;
        }
    }
    fmt::print(fmt::runtime(zh ? "\n  {} 个函数与参考实现一致，{} 个不同。\n\n"
                               : "\n  {} functions agree with the reference, {} differ.\n\n"),
               same, different);
    return different == 0 ? all_earned : points_missing;
}

}  // namespace qkv
