// ./grade next: what to do next.
#include <cstdio>

#include <fmt/format.h>

#include "commands/commands.hpp"
#include "report/text.hpp"

namespace qkv::grader {

int next_command(const Kit& kit, const Arguments& arguments) {
    for (const Exercise& exercise : kit.catalog) {
        const Result result = grade_own(kit, {exercise}, arguments);
        if (result.score() == result.max_score()) continue;
        fmt::print("{}", to_text(result, wants_color()));
        fmt::print("{}", say({"  the statement: {}\n  edit:          {}\n\n", "  题目：{}\n  编辑：{}\n\n"},
                             arguments.language, shown_path(statement_of(exercise, arguments.language)),
                             shown_path(exercise.folder / (exercise.id + ".cpp"))));
        return all_earned;
    }
    fmt::print("\n  {}\n\n", say({"Every exercise is done.", "全部练习都完成了。"}, arguments.language));
    return all_earned;
}

}  // namespace qkv::grader
