#include "explain/compiler.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.hpp"
#include "explain/tables.hpp"
#include "model/declarations.hpp"
#include "model/submission.hpp"

namespace qkv::grader {

/// Types of templates and their second names say nothing to a learner: `Product<...>` becomes
/// `Product<…>`, and `(aka ...)` goes.
static std::string without_templates(const std::string& line) {
    constexpr std::size_t longest_inside = 12;
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
        text += line[i];
        if (line[i] != '<' || i == 0 || (std::isalnum(static_cast<unsigned char>(line[i - 1])) == 0)) continue;
        std::size_t end = i + 1;
        for (int depth = 1; end < line.size(); ++end) {
            depth += line[end] == '<' ? 1 : line[end] == '>' ? -1 : 0;
            if (depth == 0) break;
        }
        if (end >= line.size() || end - i <= longest_inside) continue;
        text += "…>";
        i = end;
    }
    for (const auto& [begin, end] : {std::pair{" (aka '", "')"}, {" {aka ‘", "’}"}, {" due to requirement '", "' "}}) {
        for (std::size_t at = 0; (at = text.find(begin, at)) != std::string::npos;) {
            const std::size_t last = text.find(end, at);
            if (last == std::string::npos) break;
            const std::size_t space = std::string_view(end).ends_with(' ') ? 1 : 0;
            text.erase(at, last + std::string_view(end).size() - space - at);
        }
    }
    for (const std::string piece : {"typename ", "Eigen::internal::", "internal::", "traits<…>::"}) {
        for (std::size_t at = 0; (at = text.find(piece, at)) != std::string::npos;) text.erase(at, piece.size());
    }
    return text;
}

static bool is_next_message(const std::string& line) {
    static const std::regex message(
        R"(^[^ ].*: (error|warning|note|fatal error): |^\d+ (error|warning)|^In file included|^[^ ].*: (In [a-z]+ |At global scope))");
    return std::regex_search(line.substr(0, 2000), message);
}

/// The place in the learner's file (`path:line:column:`) and the lines of code below it that an error inside a
/// library came from; nothing if there is none.
static std::vector<std::string> place_in(const std::string& path, const std::string& diagnostics, std::size_t error) {
    // clang tells it after the error, g++ before it.
    std::size_t at = diagnostics.find("\n" + path + ":", error);
    if (at == std::string::npos) at = diagnostics.rfind("\n" + path + ":", error);
    if (at == std::string::npos) return {};
    std::istringstream stream(diagnostics.substr(at + 1, 4000));
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line) && lines.size() < 3;) {
        if (!lines.empty() && is_next_message(line)) break;
        lines.push_back(line);
    }
    std::size_t end = path.size();
    for (int colons = 0; end < lines[0].size() && colons < 3; ++end) colons += lines[0][end] == ':' ? 1 : 0;
    lines[0].resize(end);
    return lines;
}

/// The line with the first error and the few that belong to it, as the compiler said them; else the first lines.
static std::vector<std::string> first_lines(const std::string& diagnostics) {
    static const std::regex error_line(R"((^|: )(fatal )?error: |undefined reference to )");
    constexpr std::size_t most_lines = 6;
    std::istringstream stream(diagnostics);
    std::vector<std::string> kept;
    for (std::string line; std::getline(stream, line) && kept.size() < most_lines;) {
        if (kept.empty()) {
            if (std::regex_search(line.substr(0, 2000), error_line)) kept.push_back(line);
        } else if (is_next_message(line)) {
            break;
        } else {
            kept.push_back(line);
        }
    }
    if (kept.empty()) {
        std::istringstream again(diagnostics);
        for (std::string line; std::getline(again, line) && kept.size() < most_lines;) kept.push_back(line);
    }
    return kept;
}

std::string first_error(const std::string& diagnostics, const std::string& path) {
    std::vector<std::string> lines = first_lines(diagnostics);
    const std::size_t begin = lines.empty() ? std::string::npos : diagnostics.find(lines[0]);
    if (!path.empty() && begin != std::string::npos && !lines[0].starts_with(path + ":")) {
        auto own = place_in(path, diagnostics, begin);
        if (!own.empty()) {
            // Where in the library it is helps nobody.
            const std::size_t error = lines[0].find("error: ");
            own[0] += " " + lines[0].substr(error == std::string::npos ? 0 : error);
            lines = own;
        }
    }
    std::string text;
    for (const std::string& line : lines) text += without_templates(line.substr(0, 20000)).substr(0, 400) + "\n";
    return text;
}

void show_caret(std::string& code, std::string& caret, std::size_t columns) {
    const std::size_t at = caret.find('^');
    const bool only_ascii = std::ranges::all_of(code, [](char byte) { return static_cast<unsigned char>(byte) < 128; });
    if (at == std::string::npos || at < columns || at > code.size() || !only_ascii) return;
    const std::size_t begin = at - columns / 2;
    code = "..." + code.substr(begin + 3);
    caret = caret.substr(begin);
}

bool is_beyond_clang(const std::string& diagnostics) {
    static const std::regex lacking(
        "error: [^\n]*('construct_at'|'__begin'|std::ranges::|local binding|in capture list does not name a variable"
        "|no matching constructor for initialization)");
    std::istringstream stream(diagnostics);
    for (std::string line; std::getline(stream, line);) {
        if (std::regex_search(line.substr(0, 1000), lacking)) return true;
    }
    return false;
}

Text explain_error(const std::string& diagnostics, const std::string& exercise_id, const std::string& path) {
    const std::string error = first_error(diagnostics, path);
    for (const Meaning& known : meanings("compile_error")) {
        if (std::regex_search(error, std::regex(known.key))) return said(known.words, exercise_id);
    }
    return {};
}

std::string fault_words(const ExerciseResult& result, Language language) {
    const auto words = build_fault_words().find(result.fault.kind);
    if (words == build_fault_words().end()) return "";
    return say(words->second.sentence, language, fmt::arg("file", clean(result.source.string())),
               fmt::arg("limit", result.fault.limit), fmt::arg("function", result.fault.function),
               fmt::arg("exercise", result.exercise.id));
}

std::string build_advice(const ExerciseResult& result, Language language) {
    const auto words = build_fault_words().find(result.fault.kind);
    if (words != build_fault_words().end()) return words->second.advice.in(language);
    return explain_error(result.diagnostics, result.exercise.id, clean(result.source.string())).in(language);
}

namespace {

bool about_something_unused(std::string_view option) {
    return option == "unused-variable" || option == "unused-but-set-variable";
}

}  // namespace

std::optional<CompilerWarning> first_warning(const std::string& diagnostics, const std::string& path,
                                             const std::function<bool(int line)>& matters) {
    static const std::regex warning(R"(^:(\d{1,9}):\d{1,9}: warning: (.*) \[-W([^\],=]+)[^\]]*\]$)");
    const std::vector<Meaning>& known = meanings("compile_warning");
    std::optional<CompilerWarning> unused;
    std::istringstream stream(diagnostics);
    for (std::string line; std::getline(stream, line);) {
        if (line.size() > path.size() + 1000 || !line.starts_with(path)) continue;
        const std::string rest = line.substr(path.size());
        std::smatch found;
        if (!std::regex_match(rest, found, warning)) continue;
        const std::string option = found[3];
        const int place = std::atoi(found[1].str().c_str());
        const auto meaning = std::ranges::find(known, option, &Meaning::key);
        if (meaning == known.end() || !matters(place)) continue;
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
