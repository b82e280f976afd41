// ./grade next: what to do next.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "report/text.hpp"
#include "commands.hpp"

namespace qkv::grader {

int next_command(const Kit& kit, const Arguments& arguments) {
    const bool zh = arguments.language == Language::zh;
    for (const Exercise& exercise : kit.catalog) {
        const Result result = grade_own(kit, {exercise}, arguments);
        if (result.score() == result.max_score()) continue;
        fmt::print("{}", to_text(result, wants_color()));
        fmt::print("  {}{}\n  {}{}\n\n",
                   zh ? "题目：" : "the statement: ", shown_path(exercise.folder / (zh ? "README.zh.md" : "README.md")),
                   zh ? "编辑：" : "edit:          ", shown_path(exercise.folder / (exercise.id + ".cpp")));
        return all_earned;
    }
    fmt::print("\n  {}\n\n", zh ? "全部练习都完成了。" : "Every exercise is done.");
    return all_earned;
}

}  // namespace qkv::grader
