#include "report_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

#include "compiler_words.hpp"
#include "words.hpp"

namespace qkv {

namespace {

/// Texts with or without colour.
struct Paint {
    bool on;
    Language language;

    std::string operator()(const char* code, const std::string& text) const {
        return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
    }
    std::string good(const std::string& text) const { return (*this)("32", text); }
    std::string bad(const std::string& text) const { return (*this)("31", text); }
    std::string strong(const std::string& text) const { return (*this)("1", text); }
    std::string faint(const std::string& text) const { return (*this)("2", text); }
    std::string say(const char* en, const char* zh) const { return language == Language::zh ? zh : en; }
};

std::string bar(int score, int max_score, const Paint& paint) {
    constexpr int cells = 20;
    const int full = max_score == 0 ? 0 : score * cells / max_score;
    std::string left, right;
    for (int i = 0; i < full; ++i) left += "█";
    for (int i = full; i < cells; ++i) right += "░";
    return paint.good(left) + paint.faint(right);
}

std::string indented(const std::string& text, const std::string& indent, int most_lines) {
    std::istringstream stream(text);
    std::string result;
    int lines = 0;
    for (std::string line; std::getline(stream, line); ++lines) {
        if (lines == most_lines) return result + indent + "…\n";
        result += indent + line + "\n";
    }
    return result;
}

int max_score(const ExerciseResult& result) {
    int sum = 0;
    for (const PartResult& part : result.parts) sum += part.part.points;
    return sum;
}

std::string exercise_line(const ExerciseResult& result, std::size_t columns, const Paint& paint) {
    const int all = max_score(result);
    std::string state;
    if (result.status == "build_failed") state = paint.bad(paint.say("does not compile", "编译不通过"));
    if (result.status == "missing") state = paint.bad(paint.say("no file", "没有文件"));
    if (result.score == all) state = paint.good("✓");
    return fmt::format("  {}  {}  {:>3} / {:<3} {}\n", padded(result.exercise.id, columns),
                       bar(result.score, all, paint), result.score, all, state);
}

std::string part_line(const PartResult& part, std::size_t columns, const Paint& paint) {
    const bool earned = part.status == "passed";
    const std::string mark = earned ? paint.good("✓") : part.status == "failed" ? paint.bad("✗") : "·";
    return fmt::format("    {} {}  {:>2} / {:<2}  {}\n", mark, padded(part.part.id, columns), part.score,
                       part.part.points, earned ? "" : status_words(part, paint.language));
}

/// The part whose message helps most: the first that failed, else the first that waits to be written.
const PartResult* part_to_show(const ExerciseResult& result) {
    for (const char* status : {"failed", "not_implemented", "blocked"}) {
        const auto found = std::ranges::find(result.parts, status, &PartResult::status);
        if (found != result.parts.end()) return &*found;
    }
    return nullptr;
}

std::string hint_command(const ExerciseResult& result, const PartResult& part, const Paint& paint) {
    return fmt::format("    {} ./grade hint {} {}\n", paint.say("a hint:", "提示："), result.exercise.id, part.part.id);
}

std::string build_failure(const ExerciseResult& result, const Paint& paint) {
    std::string text = indented(first_error(result.diagnostics, result.source.string()), "    ", 7);
    const std::string meaning = explain_error(result.diagnostics, result.exercise.id).in(paint.language);
    if (!meaning.empty()) text += "    " + paint.strong(meaning) + "\n";
    return text;
}

std::string failure_of(const PartResult& part, const Paint& paint) {
    const auto failed = [](const TestResult& test) { return test.report.verdict != "passed"; };
    auto shown = std::ranges::find_if(part.tests,
                                      [&](const TestResult& test) { return failed(test) && !test.diagnosis.empty(); });
    if (shown == part.tests.end()) shown = std::ranges::find_if(part.tests, failed);
    if (shown == part.tests.end()) return "";
    std::string text = "    " + shown->name + (shown->hidden ? paint.say(" (hidden test)", "（隐藏测试）") : "") + "\n";
    text += indented(shown->message, "      ", 5);
    if (!shown->diagnosis.empty()) text += "    " + paint.strong(shown->diagnosis) + "\n";
    const std::string output = clean(shown->report.output);
    if (!output.empty()) {
        text += "    " + paint.say("your code printed:", "你的代码输出了：") + "\n" + indented(output, "      | ", 6);
    }
    return text;
}

std::string first_message(const PartResult& part) {
    const auto told = [](const TestResult& test) { return !test.message.empty(); };
    const auto found = std::ranges::find_if(part.tests, told);
    return found == part.tests.end() ? "" : found->message;
}

/// What to look at first in this exercise.
std::string next_step(const ExerciseResult& result, const Paint& paint) {
    if (result.status == "build_failed") {
        return fmt::format("\n  {} · {}\n{}", paint.strong(result.exercise.id),
                           paint.say("does not compile", "编译不通过"), build_failure(result, paint));
    }
    if (result.status == "missing") {
        return fmt::format("\n  {} · {} {}.cpp\n", paint.strong(result.exercise.id), paint.say("no file", "没有文件"),
                           result.exercise.id);
    }
    const PartResult* part = part_to_show(result);
    if (part == nullptr) return "";
    std::string text = fmt::format("\n  {} · {}   {} / {}\n", paint.strong(result.exercise.id),
                                   part->part.title.in(paint.language), part->score, part->part.points);
    if (part->status == "not_implemented") {
        text += indented(first_message(*part), "    ", 2);
        text += fmt::format("    {} {}\n", paint.say("write it in", "请写在"), shown_path(result.source));
    } else {
        text += failure_of(*part, paint);
    }
    return text + hint_command(result, *part, paint);
}

/// The course's last badge is for those whose every layer is their own.
std::string all_earned_words(const Result& result, const Paint& paint) {
    std::string text = "\n  " + paint.good(paint.say("All points earned.", "全部得分。")) + "\n";
    if (!result.own_stack) return text;
    if (!result.whole_course) {
        return text + "  " + paint.say("Every function that ran is your own.", "运行过的每个函数都出自你手。") + "\n";
    }
    return text + "\n  " +
           paint.strong(paint.say("★ The whole stack is yours: from the first softmax to the last logit, every\n"
                                  "    function that ran is one you wrote. This is the last badge of the course.",
                                  "★ 整座塔都是你的：从第一个 softmax 到最后一个 logit，运行过的每个函数\n"
                                  "    都是你写的。这是本课程的最后一枚徽章。")) +
           "\n";
}

}  // namespace

std::string shown_path(const std::filesystem::path& path) {
    std::error_code error;
    const auto relative = std::filesystem::relative(path, error);
    const bool shorter = !error && relative.native().size() < path.native().size();
    return clean((shorter ? relative : path).string());
}

bool wants_color() {
    const char* no_color = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

std::string to_text(const Result& result, bool color) {
    const Paint paint{color, result.language};
    std::size_t columns = 0, part_columns = 0;
    for (const ExerciseResult& exercise : result.exercises) {
        columns = std::max(columns, width(exercise.exercise.id));
        for (const PartResult& part : exercise.parts) part_columns = std::max(part_columns, width(part.part.id));
    }
    std::string text = "\n";
    const bool one = result.exercises.size() == 1;
    for (const ExerciseResult& exercise : result.exercises) {
        text += exercise_line(exercise, columns, paint);
        if (one && exercise.status == "graded") {
            for (const PartResult& part : exercise.parts) text += part_line(part, part_columns, paint);
        }
    }
    if (!one)
        text += fmt::format("  {}  {:>23} / {}\n", padded(paint.say("sum", "总分"), columns), result.score(),
                            result.max_score());
    // One thing at a time: the first exercise that does not compile or has a failure, else the first unfinished.
    const ExerciseResult* next = nullptr;
    for (const ExerciseResult& exercise : result.exercises) {
        if (exercise.score == max_score(exercise)) continue;
        const bool urgent = exercise.status == "build_failed" ||
                            std::ranges::find(exercise.parts, "failed", &PartResult::status) != exercise.parts.end();
        const bool next_urgent =
            next != nullptr && (next->status == "build_failed" ||
                                std::ranges::find(next->parts, "failed", &PartResult::status) != next->parts.end());
        if (next == nullptr || (urgent && !next_urgent)) next = &exercise;
    }
    if (next != nullptr)
        text += next_step(*next, paint);
    else
        text += all_earned_words(result, paint);
    if (result.hidden)
        text += fmt::format("\n  {} --seed {}\n",
                            paint.say("hidden tests included; repeat them with", "已包含隐藏测试；重复运行请用"),
                            result.seed);
    return text + "\n";
}

}  // namespace qkv
