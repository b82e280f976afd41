// ./grade list: the exercises, their state and points. ./grade next: the first that is not done.
#include <algorithm>
#include <cstdio>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/state.hpp"
#include "commands/commands.hpp"
#include "quiz/quiz.hpp"
#include "report/text.hpp"

namespace qkv::grader {

/// "quiz 7/12": what is remembered of the exercise's questions; nothing if it has none.
static std::string quiz_words(const std::vector<Quiz>& quizzes, const std::string& id, const State& state,
                              Language language) {
    const auto found = std::ranges::find(quizzes, id, &Quiz::id);
    if (found == quizzes.end()) return "";
    return say({"  quiz {}/{}", "  问答 {}/{}"}, language, remembered(*found, state.quiz).count(QuestionStatus::right),
               found->questions.size());
}

int list_command(const Kit& kit, const Arguments& arguments) {
    const std::map<std::string, Text> tracks = {{"basic", {"basic", "基础"}},
                                                {"advanced", {"advanced", "进阶"}},
                                                {"challenge", {"challenge", "挑战"}},
                                                {"extension", {"extension", "扩展"}},
                                                {"practice", {"practice", "实战"}}};
    const State state = load_state(kit.root);
    const Language language = arguments.language;
    if (kit.catalog.empty()) {
        fmt::print("\n  {}\n\n", say({"There is no exercise here; ./grade new ID makes one.",
                                      "这里还没有练习；./grade new ID 可以新建一个。"},
                                     language));
        return all_earned;
    }
    std::size_t id_columns = 0, track_columns = 0;
    for (const Exercise& exercise : kit.catalog) {
        id_columns = std::max(id_columns, width(exercise.id));
        track_columns = std::max(track_columns, width(tracks.at(exercise.track).in(language)));
    }
    const auto quizzes = load_quizzes(kit.root, kit.catalog);
    fmt::print("\n");
    for (const Quiz& quiz : quizzes) {
        const bool of_an_exercise = std::ranges::find(kit.catalog, quiz.id, &Exercise::id) != kit.catalog.end();
        if (!of_an_exercise)
            fmt::print("  {}  {}{}\n\n", quiz.id, quiz.title.in(language),
                       quiz_words(quizzes, quiz.id, state, language));
    }
    for (const Exercise& exercise : kit.catalog) {
        const auto score = state.scores.find(exercise.id);
        const std::string points = score == state.scores.end() ? "-" : std::to_string(score->second);
        std::string stars, needs;
        for (int i = 0; i < exercise.stars; ++i) stars += "★";
        if (!exercise.needs.empty())
            needs =
                say({" (after {})", "（先做：{}）"}, language, fmt::join(exercise.needs, say({", ", "、"}, language)));
        fmt::print("  {}  {:>3} / {:<3}  {}  {}  {:>4} {}{}\n", padded(exercise.id, id_columns), points,
                   exercise.max_score(), padded(tracks.at(exercise.track).in(language), track_columns),
                   padded(stars, 5), exercise.hours, say({"h", "小时"}, language),
                   quiz_words(quizzes, exercise.id, state, language));
        // Nobody's terminal is narrower.
        constexpr std::size_t columns = 80;
        for (const std::string& line : wrapped("    " + exercise.title.in(language) + needs, columns))
            fmt::print("{}\n", line);
    }
    fmt::print("\n");
    for (const Tally tally : {Tally::course, Tally::extension, Tally::practice}) {
        int score = 0, all = 0, held = 0, laws = 0;
        for (const Exercise& exercise : kit.catalog) {
            if (tally_of(exercise) != tally) continue;
            const auto found = state.scores.find(exercise.id);
            score += found == state.scores.end() ? 0 : found->second;
            all += exercise.max_score();
            if (state.laws.contains(exercise.id)) laws += state.laws.at(exercise.id);
            if (state.laws_held.contains(exercise.id)) held += state.laws_held.at(exercise.id);
        }
        if (all == 0) continue;
        fmt::print("  {}  {:>3} / {:<3}  {}\n", padded(say(words_for(tally), language), id_columns), score, all,
                   laws == 0 ? "" : say({"{0} of {1} laws hold", "{1} 条规律中成立 {0} 条"}, language, held, laws));
    }
    fmt::print("\n  {}\n\n", say({"points are those of the last grading; begin with ./grade next",
                                  "得分是上一次评分的结果；接下来做什么：./grade next"},
                                 language));
    return all_earned;
}

int next_command(const Kit& kit, const Arguments& arguments) {
    for (const Exercise& exercise : kit.catalog) {
        const Result result = grade_own(kit, {exercise}, arguments);
        if (result.score() == result.max_score()) continue;
        fmt::print("{}", to_text(result, wants_color()));
        fmt::print("{}", say({"  the statement: {}\n  edit:          {}\n\n", "  题目：{}\n  编辑：{}\n\n"},
                             arguments.language, shown_path(statement_of(exercise, arguments.language)),
                             shown_path(exercise.learners_file())));
        return all_earned;
    }
    fmt::print("\n  {}\n\n", say({"Every exercise is done.", "全部练习都完成了。"}, arguments.language));
    return all_earned;
}

}  // namespace qkv::grader
