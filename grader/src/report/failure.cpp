#include "report/failure.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

#include "explain/compiler.hpp"
#include "explain/diagnosis.hpp"
#include "explain/facts.hpp"
#include "report/text.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t most_lines = 6;      ///< under a heading, but for explanations that need more
constexpr std::size_t most_words = 9;      ///< of a name, what was expected and found, and an explanation
constexpr std::size_t fewest_printed = 3;  ///< of what the learner's code printed
constexpr std::size_t most_of_all = 200;

Lines lines_of(const std::string& text) {
    std::istringstream stream(text);
    Lines lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// Every line wrapped, behind so many spaces.
Lines indented(const std::string& text, std::size_t indent) {
    Lines result;
    for (const std::string& line : lines_of(text)) {
        for (std::string piece : wrapped(std::string(indent, ' ') + line, report_columns)) {
            piece.erase(piece.find_last_not_of(' ') + 1);
            result.push_back(piece);
        }
    }
    return result;
}

Lines strong(Lines lines, const Paint& paint) {
    for (std::string& line : lines) line = paint.strong(line);
    return lines;
}

/// Moves up to `count` lines; true if some are left over.
bool take(Lines& to, const Lines& from, std::size_t count) {
    const std::size_t taken = std::min(count, from.size());
    to.insert(to.end(), from.begin(), from.begin() + static_cast<std::ptrdiff_t>(taken));
    return taken < from.size();
}

std::string text_of(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

/// What a learner reads about one test.
struct Story {
    Lines words;       ///< its name, what was expected and found, the explanation: never cut in a short report ...
    Lines printed;     ///< ... but what the learner's own code printed is
    bool cut = false;  ///< the words were without end, or a printed line too long
};

Story story_of(const TestResult& test, std::size_t most, const Paint& paint) {
    Story story;
    const Lines name = indented(test.name + (test.hidden ? paint.say({" (hidden test)", "（隐藏测试）"}) : ""), 4);
    const Lines message = indented(test.message, 6), diagnosis = strong(indented(test.diagnosis, 4), paint);
    take(story.words, name, most);
    // What the learner's code threw may be long; the diagnosis is ours and short.
    const std::size_t other = std::min(most, name.size() + diagnosis.size());
    story.cut = take(story.words, message, most - other);
    take(story.words, diagnosis, most);
    const std::string label = paint.say({"your code printed: ", "你的代码输出："});
    for (const std::string& line : lines_of(clean(printed_by(test.report)))) {
        const std::string front = "      " + (story.printed.empty() ? label : padded("", width(label) - 2) + "| ");
        const std::string shown = shortened(line, report_columns - width(front));
        story.cut |= shown.size() < line.size();
        story.printed.push_back(front + shown);
    }
    return story;
}

/// All tests of a part that are not passed; what several of them say is said once.
Lines whole_part(const PartResult& part, const Paint& paint) {
    Lines lines;
    const TestResult* before = nullptr;
    for (const TestResult& test : part.tests) {
        if (!failed(test)) continue;
        TestResult shown = test;
        if (before != nullptr && before->message == test.message) shown.message.clear();
        if (before != nullptr && before->diagnosis == test.diagnosis) shown.diagnosis.clear();
        const Story story = story_of(shown, most_of_all, paint);
        take(lines, story.words, most_of_all);
        take(lines, story.printed, most_of_all);
        before = &test;
    }
    return lines;
}

/// The folder of the submission that the file is of; the file itself if it was handed in alone.
fs::path submission_of(const ExerciseResult& result) {
    if (result.source.filename() != result.exercise.id + ".cpp") return result.source;
    const fs::path folder = result.source.parent_path();
    return folder.filename() == result.exercise.id ? folder.parent_path() : folder;
}

/// Whether somebody else's file was graded, not the one in exercises/: whoever reads that is no learner at work.
bool is_submission(const ExerciseResult& result) {
    return submission_of(result) != result.exercise.folder.parent_path() &&
           result.source.parent_path() != result.exercise.folder;
}

/// --submission DIR, if the file is not the one in exercises/.
std::string submission_option(const ExerciseResult& result) {
    const fs::path folder = submission_of(result);
    return !is_submission(result) ? "" : " --submission " + shell_quoted(shown_path(folder));
}

/// The command that shows the part whole.
std::string more_command(const ExerciseResult& result, const PartResult& part, const Result& all) {
    const std::string hidden = all.hidden ? fmt::format(" --hidden --seed {}", all.seed) : "";
    return fmt::format("./grade --part {}/{}{}{}", result.exercise.id, part.part.id, submission_option(result), hidden);
}

/// What a hidden test drew, `compare` makes small.
std::string compare_line(const ExerciseResult& result, const PartResult& part, const Paint& paint) {
    return fmt::format("    {}./grade compare {} {}{}",
                       paint.say({"the smallest input that differs: ", "最小的反例："}), result.exercise.id,
                       part.part.id, submission_option(result));
}

/// What the compiler warned of, if nothing better explains the failure.
Lines warning_lines(const ExerciseResult& result, const PartResult& part, const Paint& paint) {
    const auto warning = warning_for(result, part);
    if (!warning) return {};
    return indented(paint.say({"the compiler warns of line {}: {}", "编译器提醒（第 {} 行）：{}"}, warning->line,
                              warning->words.in(paint.language)),
                    4);
}

std::string hint_line(const ExerciseResult& result, const PartResult& part, const Paint& paint) {
    if (is_submission(result)) return "";
    return fmt::format("    {}./grade hint {} {}", paint.say({"a hint: ", "提示："}), result.exercise.id, part.part.id);
}

std::string no_file(const ExerciseResult& result, const Paint& paint) {
    const std::string& id = result.exercise.id;
    const fs::path folder = result.source.parent_path();
    const std::string shown = shown_path(folder);
    const fs::path goal = fs::is_directory(folder / id) ? folder / id / (id + ".cpp") : result.source;
    const std::string looked = paint.say(
        {"neither {0}.cpp nor {0}/{0}.cpp is in {1}/", "在 {1}/ 中找过 {0}.cpp 和 {0}/{0}.cpp，都没有。"}, id, shown);
    if (is_submission(result)) return text_of(indented(looked, 4));  // not the reader's to begin
    return text_of(indented(looked, 4)) +
           fmt::format("    {}cp {} {}\n", paint.say({"begin with the stub: ", "从骨架开始："}),
                       shell_quoted(shown_path(result.exercise.folder / "stub.cpp")), shell_quoted(shown_path(goal)));
}

std::string unwritten(const ExerciseResult& result, const PartResult& part, const Paint& paint) {
    const auto waits = [](const TestResult& test) { return test.report.verdict == Verdict::not_implemented; };
    const auto found = std::ranges::find_if(part.tests, waits);
    Lines lines;
    take(lines, indented(found == part.tests.end() ? "" : found->message, 4), most_lines - 2);
    lines.push_back(fmt::format("    {}{}", paint.say({"write it in ", "写在 "}), shown_path(result.source)));
    take(lines, lines_of(hint_line(result, part, paint)), 1);
    return text_of(lines);
}

/// As many printed lines as there is room for, and where the others are. True if that had to be said.
bool take_printed(Lines& to, const Lines& printed, std::size_t room, const std::string& more, const Paint& paint) {
    const std::size_t count = std::max(room, fewest_printed);
    if (printed.size() <= count) return take(to, printed, count);
    take(to, printed, count - 1);
    to.push_back(
        paint.say({"      … {} more lines: {}", "      ……还有 {} 行：{}"}, printed.size() - (count - 1), more));
    return true;
}

std::string part_failure(const ExerciseResult& result, const PartResult& part, const Result& all, const Paint& paint) {
    Lines lines;
    if (part.status == Status::blocked) lines.push_back("    " + words_for(part, paint.language));
    take(lines, indented(reference_words(part, paint.language), 4), most_lines);
    if (result.parts.size() == 1) {
        take(lines, whole_part(part, paint), most_of_all);
        take(lines, warning_lines(result, part, paint), most_of_all);
        take(lines, lines_of(hint_line(result, part, paint)), 1);
        return text_of(lines);
    }
    const TestResult* test = test_to_show(part);
    if (test == nullptr) return text_of(lines);
    const Story story = story_of(*test, most_words, paint);
    take(lines, story.words, most_words);
    if (test->diagnosis.empty()) take(lines, warning_lines(result, part, paint), most_words - lines.size());
    const std::string more = more_command(result, part, all);
    const std::size_t used = lines.size() + 1;  // with the line of the hint
    const bool more_said = take_printed(lines, story.printed, most_lines - std::min(used, most_lines), more, paint);
    take(lines, lines_of((test->hidden ? compare_line : hint_line)(result, part, paint)), 1);
    const bool alone = std::ranges::count_if(part.tests, failed) == 1;
    const bool more_wanted = (story.cut || !alone) && !more_said;
    return text_of(lines) + (more_wanted ? "    " + paint.say({"more:   ", "更多："}) + more + "\n" : "");
}

}  // namespace

std::string all_failures(const PartResult& part, bool hidden, Language language) {
    PartResult shown = part;
    std::erase_if(shown.tests, [&](const TestResult& test) { return test.hidden != hidden; });
    return text_of(whole_part(shown, {false, language}));
}

std::string build_failure(const ExerciseResult& result, const Paint& paint) {
    const std::string known = result.source.string(), shown = shown_path(result.source);
    Lines error = lines_of(first_error(result.diagnostics, clean(known)));
    if (!error.empty() && error[0].starts_with(known)) {
        error[0] = shown + error[0].substr(known.size());
    } else if (!error.empty()) {
        // A linker's: what it says besides is about files that the learner does not know.
        const std::size_t begin = std::min(error[0].find("fatal error: "), error[0].find("undefined "));
        error = {shown + ": " + error[0].substr(begin == std::string::npos ? 0 : begin)};
    }
    const Lines meaning = strong(indented(build_advice(result, paint.language), 4), paint);
    Lines lines, code;
    // Not wrapped: editors read it line by line.
    if (!error.empty()) lines.push_back("    " + shortened(error[0], 2 * report_columns));
    if (error.size() > 2) show_caret(error[1], error[2], report_columns - 4);
    for (std::size_t i = 1; i < error.size(); ++i) code.push_back("    " + shortened(error[i], report_columns - 4));
    take(lines, code, most_lines - std::min(most_lines, lines.size() + meaning.size()));
    take(lines, meaning, most_lines);
    if (result.parts.size() == 1 && lines_of(result.diagnostics).size() > lines.size()) {
        lines.emplace_back();
        take(lines, lines_of(result.diagnostics), most_of_all);
    }
    return text_of(lines);  // one error at a time: what the compiler says next often comes of the first
}

const PartResult* part_to_show(const ExerciseResult& result) {
    for (const Status status : {Status::failed, Status::not_implemented, Status::blocked}) {
        const auto found = std::ranges::find(result.parts, status, &PartResult::status);
        if (found != result.parts.end()) return &*found;
    }
    return nullptr;
}

// Values before refusals; among them one with a diagnosis, else the first that ran and failed.
const TestResult* test_to_show(const PartResult& part) {
    const TestResult* best = nullptr;
    int most = -1;
    for (const TestResult& test : part.tests) {
        if (!failed(test)) continue;
        const int helps = (about_refusal(test) ? 0 : 4) + (test.diagnosis.empty() ? 0 : 2) +
                          (test.report.verdict == Verdict::not_run ? 0 : 1);
        if (helps > most) {
            most = helps;
            best = &test;
        }
    }
    return best;
}

std::string next_step(const ExerciseResult& result, const Result& all, const Paint& paint) {
    const std::string name = paint.strong(result.exercise.id);
    if (result.status == Status::build_failed)
        return fmt::format("\n  {} · {}\n{}", name, paint.say({"does not compile", "编译不通过"}),
                           build_failure(result, paint));
    if (result.status == Status::missing)
        return fmt::format("\n  {} · {}\n{}", name, paint.say({"no file", "没有文件"}), no_file(result, paint));
    const PartResult* part = part_to_show(result);
    if (part == nullptr) return "";
    return fmt::format("\n  {} · {}   {} / {}\n", name, part->part.title.in(paint.language), part->score,
                       part->part.points) +
           (part->status == Status::not_implemented ? unwritten(result, *part, paint)
                                                    : part_failure(result, *part, all, paint));
}

}  // namespace qkv::grader
