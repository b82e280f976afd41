// ./grade hint ID [PART]: one more hint at a time.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "report/failure.hpp"
#include "report/text.hpp"
#include "base/state.hpp"
#include "commands.hpp"

namespace qkv::grader {

namespace {

/// Nothing if all are earned.
const Part* chosen_part(const Kit& kit, const Exercise& exercise, const Arguments& arguments) {
    if (arguments.ids.size() == 2) return &choose_part(exercise, arguments.ids[1]);
    // Without a part: the first one that is not earned yet.
    const Result result = grade_own(kit, {exercise}, arguments);
    for (const PartResult& part : result.exercises.front().parts) {
        if (part.status != "passed") return exercise.find_part(part.part.id);
    }
    return nullptr;
}

}  // namespace

int hint_command(const Kit& kit, const Arguments& arguments) {
    const Exercise exercise = choose(kit.catalog, {arguments.ids[0]}).front();
    const Part* chosen = chosen_part(kit, exercise, arguments);
    const bool zh = arguments.language == Language::zh;
    if (chosen == nullptr) {
        fmt::print(
            fmt::runtime(zh ? "\n  {0} 已经全部得分，没有用掉提示。想看某一部分的提示：./grade hint {0} {1}\n\n"
                            : "\n  {0} is finished; no hint was taken. For one of a part: ./grade hint {0} {1}\n\n"),
            exercise.id, exercise.parts.front().id);
        return all_earned;
    }
    const Part& part = *chosen;
    const int all = static_cast<int>(part.hints.size());
    if (all == 0) {
        fmt::print("  {}\n", zh ? "这一部分没有提示。" : "There is no hint for this part.");
        return all_earned;
    }
    int taken = 1;
    bool more = true;
    const Remembered remembered = update_state(kit.root, [&](State& state) {
        int& so_far = state.hints[exercise.id + "/" + part.id];
        more = so_far < all;
        taken = so_far = std::clamp(so_far + 1, 1, all);
    });
    const Paint paint{wants_color(), arguments.language};
    fmt::print("\n  {} · {}\n", exercise.id, part.title.in(arguments.language));
    for (int i = 0; i < taken; ++i) {
        const std::string& hint = part.hints[static_cast<std::size_t>(i)].in(arguments.language);
        // The newest stands out.
        for (const std::string& line : wrapped(fmt::format("  {}/{}  {}", i + 1, all, hint), report_columns))
            fmt::print("{}\n", i + 1 == taken ? paint.strong(line) : line);
    }
    if (!more) fmt::print("  {}\n", zh ? "提示到此为止。" : "That was the last hint.");
    fmt::print("\n");
    const std::string words = remembered_words(remembered).in(arguments.language);
    if (!words.empty()) fmt::print(stderr, "{}\n", words);
    return all_earned;
}

}  // namespace qkv::grader
