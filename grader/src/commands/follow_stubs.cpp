// What comes before every verb about the learner's own files: they are there, and follow their stubs.
#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../failure.hpp"
#include "../report_text.hpp"
#include "../stubs.hpp"
#include "commands.hpp"

namespace qkv {

namespace {

bool about_own_files(const Arguments& arguments) {
    const bool own_verb = arguments.verb != "verify" && arguments.verb != "new" && arguments.verb != "reset";
    return own_verb && !arguments.solutions && arguments.submission.empty();
}

Text words_of(const StubNews& news, const Exercise& exercise) {
    const std::string file = to_paste(exercise.folder / (exercise.id + ".cpp"));
    if (news.what == StubNews::What::corrected) {
        return {fmt::format("the stub of {} has changed; {} was not begun, so it is the new one", exercise.id, file),
                fmt::format("{} 的骨架有改动；{} 还没有动过笔，已换成新的", exercise.id, file)};
    }
    const std::string seen =
        fmt::format("git diff --no-index {} {}", to_paste(news.made_from), to_paste(exercise.folder / "stub.cpp"));
    return {fmt::format("the stub of {} has changed; see {}; your file is untouched", exercise.id, seen),
            fmt::format("{} 的骨架有改动，用 {} 可以看到改了什么；你的文件没有动", exercise.id, seen)};
}

void say(const Text& words, Language language) { std::fprintf(stderr, "%s\n", words.in(language).c_str()); }

}  // namespace

void follow_stubs(const Kit& kit, const Arguments& arguments) {
    if (!about_own_files(arguments)) return;
    std::vector<std::string> made;
    try {
        for (const Exercise& exercise : kit.catalog) {
            const auto news = follow_stub(kit.root, exercise, arguments.language);
            if (!news) continue;
            if (news->what == StubNews::What::made)
                made.push_back(exercise.id + ".cpp");
            else
                say(words_of(*news, exercise), arguments.language);
        }
    } catch (const Failure& failure) {  // a checkout that only others may write
        say({failure.words.en + "; keep your files in a folder of your own and grade with --submission FOLDER",
             failure.words.in(Language::zh) + "；请把文件放在自己的目录里，评分时加上 --submission 目录"},
            arguments.language);
    }
    if (!made.empty()) {
        say({fmt::format("made from the stub, as it was not there: {}", fmt::join(made, ", ")),
             fmt::format("原来没有，已用骨架生成：{}", fmt::join(made, "、"))},
            arguments.language);
    }
}

}  // namespace qkv
