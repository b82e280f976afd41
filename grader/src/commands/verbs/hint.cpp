// ./grade hint ID [PART]: one more hint at a time.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/state.hpp"
#include "commands/commands.hpp"
#include "report/failure.hpp"
#include "report/text.hpp"

namespace qkv::grader {

int hint_command(const Kit& kit, const Arguments& arguments) {
    auto asked = asked_for(kit, arguments);
    const Exercise& exercise = asked.exercise;
    const Language language = arguments.language;
    if (asked.part.empty()) {  // the first one that is not earned yet
        const Result result = grade_own(kit, {exercise}, arguments);
        const auto& parts = result.exercises.front().parts;
        const auto open = std::ranges::find_if(parts, [](const auto& part) { return part.status != Status::passed; });
        if (open == parts.end()) {
            fmt::print("{}", say({"\n  {0} is finished; no hint was taken. For one of a part: ./grade hint {0} {1}\n\n",
                                  "\n  {0} 已经全部得分，没有用掉提示。想看某一部分的提示：./grade hint {0} {1}\n\n"},
                                 language, exercise.id, exercise.parts.front().id));
            return all_earned;
        }
        asked.part = open->part.id;
    }
    const Part& part = choose_part(exercise, asked.part);
    const int all = static_cast<int>(part.hints.size());
    if (all == 0) {
        fmt::print("  {}\n", say({"There is no hint for this part.", "这一部分没有提示。"}, language));
        return all_earned;
    }
    int taken = 1;
    bool more = true;
    remember(kit, language, [&](State& state) {
        int& so_far = state.hints[exercise.id + "/" + part.id];
        more = so_far < all;
        taken = so_far = std::clamp(so_far + 1, 1, all);
    });
    const Paint paint{wants_color(), language};
    fmt::print("\n  {} · {}\n", exercise.id, part.title.in(language));
    for (int i = 0; i < taken; ++i) {
        const std::string& hint = part.hints[static_cast<std::size_t>(i)].in(language);
        // The newest stands out.
        for (const std::string& line : wrapped(fmt::format("  {}/{}  {}", i + 1, all, hint), report_columns))
            fmt::print("{}\n", i + 1 == taken ? paint.strong(line) : line);
    }
    if (!more) fmt::print("  {}\n", say({"That was the last hint.", "提示到此为止。"}, language));
    fmt::print("\n");
    return all_earned;
}

}  // namespace qkv::grader
