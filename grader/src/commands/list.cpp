// ./grade list: the exercises, their state and points.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "base/state.hpp"
#include "commands.hpp"

namespace qkv::grader {

namespace {

std::string track_words(const std::string& track, Language language) {
    if (language == Language::en) return track;
    return track == "basic" ? "基础" : track == "advanced" ? "进阶" : "挑战";
}

std::string stars(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "★";
    return text;
}

}  // namespace

int list_command(const Kit& kit, const Arguments& arguments) {
    const State state = load_state(kit.root);
    const bool zh = arguments.language == Language::zh;
    std::size_t id_columns = 0, title_columns = 0, track_columns = 0;
    for (const Exercise& exercise : kit.catalog) {
        id_columns = std::max(id_columns, width(exercise.id));
        title_columns = std::max(title_columns, width(exercise.title.in(arguments.language)));
        track_columns = std::max(track_columns, width(track_words(exercise.track, arguments.language)));
    }
    fmt::print("\n");
    for (const Exercise& exercise : kit.catalog) {
        const auto score = state.scores.find(exercise.id);
        const std::string points = fmt::format(
            "{:>3} / {:<3}", score == state.scores.end() ? "-" : std::to_string(score->second), exercise.max_score());
        const std::string needs = exercise.needs.empty() ? ""
                                                         : fmt::format(fmt::runtime(zh ? "  先做：{}" : "  after {}"),
                                                                       fmt::join(exercise.needs, zh ? "、" : ", "));
        fmt::print("  {}  {}  {}  {:<5}  {:>4} {}  {}{}\n", padded(exercise.id, id_columns), points,
                   padded(track_words(exercise.track, arguments.language), track_columns),
                   padded(stars(exercise.stars), 5), exercise.hours, zh ? "小时" : "h",
                   padded(exercise.title.in(arguments.language), needs.empty() ? 0 : title_columns), needs);
    }
    fmt::print("\n  {}\n\n", zh ? "得分是上一次评分的结果；接下来做什么：./grade next"
                                : "points are those of the last grading; begin with ./grade next");
    return all_earned;
}

}  // namespace qkv::grader
