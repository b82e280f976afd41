#include "report/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "explain/facts.hpp"
#include "report/failure.hpp"
#include "report/paint.hpp"

namespace qkv::grader {

namespace {

std::string bar(int score, int max_score, const Paint& paint) {
    constexpr int cells = 20;
    const int full = max_score == 0 ? 0 : score * cells / max_score;
    std::string left, right;
    for (int i = 0; i < full; ++i) left += "█";
    for (int i = full; i < cells; ++i) right += "░";
    return paint.good(left) + paint.faint(right);
}

std::string without_last_spaces(std::string line) { return line.erase(line.find_last_not_of(' ') + 1); }

std::string exercise_line(const ExerciseResult& result, std::size_t columns, const Paint& paint) {
    const int all = result.max_score();
    std::string state;
    if (result.status == Status::build_failed)
        state = paint.bad(paint.say({"does not compile: no points until it does", "编译不通过：编译通过之前不计分"}));
    if (result.status == Status::missing) state = paint.bad(paint.say({"no file", "没有文件"}));
    if (result.score == all) state = paint.good("✓");
    return without_last_spaces(fmt::format("  {}  {}  {:>3} / {:<3} {}", padded(result.exercise.id, columns),
                                           bar(result.score, all, paint), result.score, all, state)) +
           "\n";
}

/// "failed, 7 of 9 laws hold": each test of a part is a law, and the part is earned when all of them hold.
std::string state_of(const PartResult& part, const Paint& paint) {
    if (part.status == Status::passed) return reference_words(part, paint.language);
    std::string words = words_for(part, paint.language);
    const int held = part.laws_held();
    if (held == 0) return words;
    return words + paint.say({", {} of {} laws hold", "，{1} 条规律中成立 {0} 条"}, held, part.tests.size());
}

std::string part_line(const PartResult& part, std::size_t columns, const Paint& paint) {
    const bool earned = part.status == Status::passed;
    const std::string mark = earned ? paint.good("✓") : part.status == Status::failed ? paint.bad("✗") : "·";
    return without_last_spaces(fmt::format("    {} {}  {:>2} / {:<2}  {}", mark, padded(part.part.id, columns),
                                           part.score, part.part.points, state_of(part, paint))) +
           "\n";
}

/// On whose functions a practical case ran; and any exercise, where there is no reference to run on.
std::string stack_line(const ExerciseResult& result, const Paint& paint) {
    const bool lent = std::filesystem::exists(result.exercise.reference());
    if ((lent && tally_of(result.exercise) != Tally::practice) || result.status != Status::graded) return "";
    const std::string comma = paint.say({", ", "、"});
    const std::string own = fmt::format("{}", fmt::join(result.own_needs, comma));
    const std::string kits = fmt::format("{}", fmt::join(result.kits_needs, comma));
    if (own.empty() && kits.empty()) return "";
    const Text words = !lent && kits.empty()
                           ? Text{"with your own {0}, finished or not: this copy has no solutions to run on",
                                  "用的都是你自己的 {0}（写没写完都一样）：这一份没有参考解答"}
                       : own.empty()  ? Text{"with the kit's {1}; your own run here once they earn all their points",
                                            "用的是参考实现：{1}；你自己的拿到满分之后，这里就换成你的"}
                       : kits.empty() ? Text{"with your own {0}", "用的都是你自己的：{0}"}
                                      : Text{"with your own {0}; with the kit's {1}", "你自己的：{0}；参考实现：{1}"};
    std::string text;
    for (const std::string& line : wrapped("    " + say(words, paint.language, own, kits), report_columns))
        text += paint.faint(without_last_spaces(line)) + "\n";
    return text;
}

/// What was built, and the command that shows it.
std::string built_words(const Exercise& exercise, const Paint& paint) {
    std::string text;
    for (const std::string& line : wrapped("  " + exercise.built.in(paint.language), report_columns))
        text += exercise.built.en.empty() ? "" : without_last_spaces(line) + "\n";
    if (!std::filesystem::exists(exercise.folder / "scenes.cpp")) return text;
    return text + "  " + paint.say({"see it: ./grade show {}", "看看它：./grade show {}"}, exercise.id) + "\n";
}

/// Of one part that was asked for, nothing is said of the exercise.
std::string part_earned_words(const Exercise& exercise, const Paint& paint) {
    return "\n  " + paint.good(paint.say({"This part is earned.", "这个部分的分数全部拿到。"})) + "\n  " +
           paint.say({"the whole exercise: ./grade {}", "整个练习：./grade {}"}, exercise.id) + "\n";
}

/// The course's last badge is for those whose every layer is their own.
std::string all_earned_words(const Result& result, const Paint& paint) {
    const bool one = result.exercises.size() == 1;
    if (one && result.exercises.front().parts.size() < result.exercises.front().exercise.parts.size())
        return part_earned_words(result.exercises.front().exercise, paint);
    std::string text = "\n  " + paint.good(paint.say({"All points earned.", "全部得分。"})) + "\n";
    if (one) text += built_words(result.exercises.front().exercise, paint);
    if (one && !result.whole_course) text += "  " + paint.say({"next: ./grade next", "接下来：./grade next"}) + "\n";
    if (!result.own_stack) return text;
    if (!result.whole_course) {
        return text + "  " + paint.say({"Every function that ran is your own.", "运行过的每个函数都出自你手。"}) + "\n";
    }
    return text + "\n  " +
           paint.strong(paint.say({"★ The whole stack is yours: from the first softmax to the last logit, every\n"
                                   "    function that ran is one you wrote. This is the last badge of the course.",
                                   "★ 整座塔都是你的：从第一个 softmax 到最后一个 logit，运行过的每个函数\n"
                                   "    都是你写的。这是本课程的最后一枚徽章。"})) +
           "\n";
}

/// One thing at a time: the first exercise that does not compile or has a failure, else the first unfinished; null if
/// none.
const ExerciseResult* exercise_to_show(const Result& result) {
    const auto unfinished = [](const ExerciseResult& one) { return one.score != one.max_score(); };
    const auto urgent = [&](const ExerciseResult& one) {
        const bool has_failure = std::ranges::find(one.parts, Status::failed, &PartResult::status) != one.parts.end();
        return unfinished(one) && (one.status == Status::build_failed || has_failure);
    };
    auto found = std::ranges::find_if(result.exercises, urgent);
    if (found == result.exercises.end()) found = std::ranges::find_if(result.exercises, unfinished);
    return found == result.exercises.end() ? nullptr : &*found;
}

}  // namespace

std::string shown_path(const std::filesystem::path& path) {
    std::error_code error;
    const auto relative = std::filesystem::relative(path, error);
    const bool inside = !error && !relative.empty() && *relative.begin() != "..";
    std::string shown = clean((inside ? relative : path).string());
    std::ranges::replace(shown, '\n', ' ');  // else the rest of a name could look like a line of ours
    return shown;
}

bool wants_color() {
    const char* no_color = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

Text words_for(Tally tally) {
    return tally == Tally::extension  ? Text{"extension", "扩展"}
           : tally == Tally::practice ? Text{"practice", "实战"}
                                      : Text{"sum", "总分"};
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
        if (one && exercise.status == Status::graded) {
            for (const PartResult& part : exercise.parts) text += part_line(part, part_columns, paint);
            text += stack_line(exercise, paint);
        }
    }
    for (const Tally tally : {Tally::course, Tally::extension, Tally::practice}) {
        if (one || result.max_score(tally) == 0) continue;
        text += fmt::format("  {}  {:>23} / {}\n", padded(paint.say(words_for(tally)), columns), result.score(tally),
                            result.max_score(tally));
    }
    const ExerciseResult* next = exercise_to_show(result);
    if (next != nullptr)
        text += next_step(*next, result, paint);
    else
        text += all_earned_words(result, paint);
    if (result.hidden)
        text += fmt::format("\n  {} --seed {}\n",
                            paint.say({"hidden tests included; repeat them with", "已包含隐藏测试；重复运行请用"}),
                            result.seed);
    return without_commands(text + "\n");
}

}  // namespace qkv::grader
