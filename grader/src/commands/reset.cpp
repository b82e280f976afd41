// ./grade reset ID: back to the stub; the learner's version is kept aside.
#include <cstdio>
#include <ctime>

#include <fmt/format.h>

#include "../failure.hpp"
#include "../report_text.hpp"
#include "../reset.hpp"
#include "../state.hpp"
#include "../stubs.hpp"
#include "commands.hpp"

namespace qkv {

int reset_command(const Kit& kit, const Arguments& arguments) {
    const Exercise exercise = choose(kit.catalog, {arguments.ids[0]}).front();
    const bool zh = arguments.language == Language::zh;
    const Reset reset = put_stub_back(exercise, kit.root / ".qkv" / "kept", std::time(nullptr), arguments.language);
    remember_stub(kit.root, exercise);
    // A stub has no points; hints that were taken stay taken.
    update_state(kit.root, [&](State& state) { state.scores.erase(exercise.id); });
    const std::string file = to_paste(exercise.folder / (exercise.id + ".cpp"));
    if (reset.was_stub) {
        fmt::print(fmt::runtime(zh ? "\n  {} 本来就是初始的样子，没有改动。\n\n"
                                   : "\n  {} is the stub already; nothing was changed.\n\n"),
                   file);
    } else if (reset.kept.empty()) {
        fmt::print(fmt::runtime(zh ? "\n  {} 原来不在，现在放回了初始的文件。\n\n"
                                   : "\n  {} was missing; the stub is there again.\n\n"),
                   file);
    } else {
        const std::string kept = to_paste(reset.kept);
        fmt::print(fmt::runtime(zh ? "\n  {0} 已恢复成初始的样子。\n  你的版本存在 {1}\n  要找回它：cp {1} {0}\n\n"
                                   : "\n  {0} is the stub again.\n  your version is kept in {1}\n"
                                     "  to get it back: cp {1} {0}\n\n"),
                   file, kept);
    }
    return all_earned;
}

}  // namespace qkv
