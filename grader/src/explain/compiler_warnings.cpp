#include "explain/compiler_warnings.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "base/text.hpp"
#include "explain/tables.hpp"
#include "model/declarations.hpp"
#include "model/submission.hpp"

namespace qkv::grader {

namespace {

bool about_something_unused(std::string_view option) {
    return option == "unused-variable" || option == "unused-but-set-variable";
}

}  // namespace

std::optional<CompilerWarning> first_warning(const std::string& diagnostics, const std::string& path,
                                             const std::function<bool(int line)>& matters) {
    static const std::regex warning(R"(^:(\d{1,9}):\d{1,9}: warning: (.*) \[-W([^\],=]+)[^\]]*\]$)");
    std::optional<CompilerWarning> unused;
    std::istringstream stream(diagnostics);
    for (std::string line; std::getline(stream, line);) {
        if (line.size() > path.size() + 1000 || !line.starts_with(path)) continue;
        const std::string rest = line.substr(path.size());
        std::smatch found;
        if (!std::regex_match(rest, found, warning)) continue;
        const std::string option = found[3];
        const int place = std::atoi(found[1].str().c_str());
        const auto meaning = std::ranges::find(compile_warnings(), option, &CompileWarning::option);
        if (meaning == compile_warnings().end() || !matters(place)) continue;
        // GCC's quotes are typographic.
        const std::string words = std::regex_replace(found[2].str(), std::regex("\u2018|\u2019"), "'");
        const std::size_t begin = words.find('\''), end = words.find('\'', begin + 1);
        const std::string name = end == std::string::npos ? "" : words.substr(begin + 1, end - begin - 1);
        // A warning may quote what a file says, line breaks and all: nobody's sentences but ours are told.
        const bool names = meaning->words.en.find("{}") != std::string::npos;
        if (names && (name.empty() || !std::ranges::all_of(name, is_word))) continue;
        const CompilerWarning result{place, said(meaning->words, name)};
        if (about_something_unused(option)) {
            if (!unused) unused = result;
            continue;
        }
        return result;
    }
    return unused;
}

std::optional<CompilerWarning> warning_for(const ExerciseResult& result, const PartResult& part) {
    if (result.diagnostics.find(": warning: ") == std::string::npos) return std::nullopt;
    const Exercise& exercise = result.exercise;
    std::set<std::string> graded, called;
    for (const Declaration& function : declarations(read_file(exercise.folder / (exercise.id + ".hpp"))))
        graded.insert(function.name);
    for (const TestResult& test : part.tests) {
        for (const CallFacts& call : test.report.calls) called.insert(call.function);
        called.insert(test.report.facts.function);  // a call without an answer
    }
    const auto functions = declarations(read_source(result.source, exercise).text);
    const auto matters = [&](int line) {
        // The graded function that begins last above the line; what stands above all of them is everybody's.
        std::string around;
        for (const Declaration& function : functions) {
            if (function.defined && function.line <= line) around = function.name;
        }
        return !graded.contains(around) || called.contains(around);
    };
    return first_warning(result.diagnostics, clean(result.source.string()), matters);
}

}  // namespace qkv::grader
