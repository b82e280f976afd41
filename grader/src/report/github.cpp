#include "report/github.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "explain/compiler.hpp"
#include "explain/facts.hpp"
#include "model/declarations.hpp"
#include "model/submission.hpp"
#include "report/failure.hpp"
#include "report/text.hpp"

namespace qkv::grader {

namespace {

// GitHub takes a summary of 1 MB or none of it, and cuts an annotation after 4 KB.
constexpr std::size_t longest_summary = 1'000'000, longest_text = 8000, longest_annotation = 2000;

/// The text of a workflow command, as the runner takes it back.
std::string as_data(const std::string& text) {
    const std::string shown = without_commands(clean(text, longest_annotation));
    return replaced(replaced(replaced(shown, "%", "%25"), "\r", "%0D"), "\n", "%0A");
}

/// The same of one of its properties.
std::string as_property(const std::string& text) { return replaced(replaced(as_data(text), ":", "%3A"), ",", "%2C"); }

std::string annotation(const ExerciseResult& result, int line, const std::string& title, const std::string& text) {
    return fmt::format("::error file={},line={},title={}::{}\n", as_property(shown_path(result.source)),
                       std::max(line, 1), as_property(title), as_data(text));
}

/// The line that the compiler's first error is about; 0 if it names none.
int line_of_error(const ExerciseResult& result) {
    const std::string path = clean(result.source.string()) + ":";
    const std::string error = first_error(result.diagnostics, clean(result.source.string()));
    return error.starts_with(path) ? std::atoi(error.c_str() + path.size()) : 0;
}

/// Where the failing call's function begins; 0 if that is not known.
int line_of_function(const ExerciseResult& result, const TestResult& test) {
    const CaseReport& report = test.report;
    const std::string& name = report.facts.function.empty() ? report.failing_call.function : report.facts.function;
    for (const Declaration& one : declarations(read_source(result.source, result.exercise).text))
        if (one.defined && one.name == name) return one.line;
    return 0;
}

std::string annotation_of(const ExerciseResult& result, const PartResult& part, Language language) {
    const TestResult* test = test_to_show(part);
    if (test == nullptr) return "";
    const std::string title =
        fmt::format("{} · {} {}/{}", result.exercise.id, part.part.title.in(language), part.score, part.part.points);
    std::string text = test->name + "\n" + test->message;
    if (!test->diagnosis.empty()) text += "\n" + test->diagnosis;
    return annotation(result, test->line > 0 ? test->line : line_of_function(result, *test), title, text);
}

/// A text that Markdown leaves alone: in a fence longer than any row of its backticks.
std::string fenced(const std::string& text) {
    const std::string shown = without_commands(clean(text, longest_text));
    std::size_t longest = 2, row = 0;
    for (const char byte : shown) {
        row = byte == '`' ? row + 1 : 0;
        longest = std::max(longest, row);
    }
    const std::string fence(longest + 1, '`');
    return fence + "text\n" + shown + (shown.ends_with('\n') ? "" : "\n") + fence + "\n";
}

/// One of our own titles as a cell of a table.
std::string cell(const std::string& text) { return replaced(text, "|", "\\|"); }

std::string table_rows(const ExerciseResult& result, Language language) {
    std::string rows = fmt::format("| **{}** | **{} / {}** | |\n", cell(result.exercise.title.in(language)),
                                   result.score, result.max_score());
    for (const PartResult& part : result.parts) {
        const bool earned = part.status == Status::passed;
        rows += fmt::format("| {} {} | {} / {} | {} |\n", earned ? "✅" : "❌", cell(part.part.title.in(language)),
                            part.score, part.part.points, earned ? "" : fmt::format("`{}`", name_of(part.status)));
    }
    return rows;
}

std::string details_of(const ExerciseResult& result, Language language) {
    const std::string title = result.exercise.title.in(language);
    if (result.status == Status::missing)
        return fmt::format("\n### {}\n\n{}\n", title,
                           say({"`{}.cpp` is not there.", "没有 `{}.cpp`。"}, language, result.exercise.id));
    if (result.status == Status::build_failed)
        return fmt::format("\n### {} · {}\n\n{}", title, say({"does not compile", "编译不通过"}, language),
                           fenced(build_failure(result, {false, language})));
    std::string text;
    for (const PartResult& part : result.parts) {
        const std::string failures = all_failures(part, false, language) + all_failures(part, true, language);
        if (part.status == Status::passed || part.status == Status::not_implemented || failures.empty()) continue;
        text += fmt::format("\n### {} · {}\n\n{}", title, part.part.title.in(language), fenced(failures));
    }
    return text;
}

}  // namespace

std::string github_annotations(const Result& result) {
    std::string lines;
    for (const ExerciseResult& exercise : result.exercises) {
        if (exercise.status == Status::build_failed)
            lines += annotation(exercise, line_of_error(exercise),
                                say({"{}: does not compile", "{}：编译不通过"}, result.language, exercise.exercise.id),
                                build_failure(exercise, {false, result.language}));
        // What is not begun is no mistake.
        for (const PartResult& part : exercise.parts)
            if (part.status == Status::failed || part.status == Status::blocked)
                lines += annotation_of(exercise, part, result.language);
    }
    return lines;
}

std::string github_summary(const Result& result) {
    std::string text = fmt::format("## qkv: {} / {}\n\n", result.score(), result.max_score());
    for (const NotGraded& one : result.not_graded)
        text += say({"**`{}` was not graded: run the workflow again.** No points are lost.\n\n{}\n",
                     "**`{}` 没有评分：请重新运行工作流。** 没有扣分。\n\n{}\n"},
                    result.language, one.exercise, fenced(one.why.in(result.language)));
    text += say({"| Part | Points | |\n| --- | ---: | --- |\n", "| 部分 | 得分 | |\n| --- | ---: | --- |\n"},
                result.language);
    for (const ExerciseResult& exercise : result.exercises) text += table_rows(exercise, result.language);
    const std::string more = say({"\nThere is more than a summary can hold: result.json has all of it.\n",
                                  "\n摘要放不下全部内容：其余的见 result.json。\n"},
                                 result.language);
    for (const ExerciseResult& exercise : result.exercises) {
        const std::string details = details_of(exercise, result.language);
        if (text.size() + details.size() + more.size() > longest_summary) return text + more;
        text += details;
    }
    return text;
}

}  // namespace qkv::grader
