// ./grade reset ID: back to the stub; the learner's version is kept aside. And what comes before every verb about one's
// own files: they are there, and follow their stubs.
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "commands/commands.hpp"
#include "commands/stubs.hpp"
#include "report/text.hpp"

namespace qkv::grader {

namespace {

std::string to_paste(const std::filesystem::path& path) { return shell_quoted(shown_path(path)); }

std::string learners_file(const Exercise& exercise) { return to_paste(exercise.learners_file()); }

Text words_of(const StubNews& news, const Exercise& exercise) {
    if (news.what == StubNews::What::corrected)
        return said({"the stub of {} has changed; {} was not begun, so it is the new one",
                     "{} 的骨架有改动；{} 还没有动过笔，已换成新的"},
                    exercise.id, learners_file(exercise));
    return said({"the stub of {} has changed; see git diff --no-index {} {}; your file is untouched",
                 "{} 的骨架有改动，用 git diff --no-index {} {} 可以看到改了什么；你的文件没有动"},
                exercise.id, to_paste(news.made_from), to_paste(exercise.folder / "stub.cpp"));
}

}  // namespace

void follow_stubs(const Kit& kit, Language language) {
    std::vector<std::string> made;
    try {
        for (const Exercise& exercise : kit.catalog) {
            const auto news = follow_stub(kit.root, exercise);
            if (!news) continue;
            if (news->what == StubNews::What::made)
                made.push_back(exercise.id + ".cpp");
            else
                fmt::print(stderr, "{}\n", words_of(*news, exercise).in(language));
        }
    } catch (const Failure& failure) {  // a checkout that only others may write
        fmt::print(stderr, "{}\n",
                   say({"{}; keep your files in a folder of your own and grade with --submission FOLDER",
                        "{}；请把文件放在自己的目录里，评分时加上 --submission 目录"},
                       language, failure.words));
    }
    if (!made.empty())
        fmt::print(stderr, "{}\n",
                   say({"made from the stub, as it was not there: {}", "原来没有，已用骨架生成：{}"}, language,
                       fmt::join(made, say({", ", "、"}, language))));
}

int reset_command(const Kit& kit, const Arguments& arguments) {
    const Exercise exercise = choose_one(kit.catalog, arguments.ids[0]);
    const Reset reset = put_stub_back(exercise, kit.root / ".qkv" / "kept", std::time(nullptr));
    remember_stub(kit.root, exercise);
    // A stub has no points; hints that were taken stay taken.
    update_state(kit.root, [&](State& state) { state.scores.erase(exercise.id); });
    Text words{"\n  {0} is the stub again.\n  your version is kept in {1}\n  to get it back: cp {1} {0}\n\n",
               "\n  {0} 已恢复成初始的样子。\n  你的版本存在 {1}\n  要找回它：cp {1} {0}\n\n"};
    if (reset.was_stub)
        words = {"\n  {0} is the stub already; nothing was changed.\n\n", "\n  {0} 本来就是初始的样子，没有改动。\n\n"};
    else if (reset.kept.empty())
        words = {"\n  {0} was missing; the stub is there again.\n\n", "\n  {0} 原来不在，现在放回了初始的文件。\n\n"};
    fmt::print("{}", say(words, arguments.language, learners_file(exercise), to_paste(reset.kept)));
    return all_earned;
}

}  // namespace qkv::grader
