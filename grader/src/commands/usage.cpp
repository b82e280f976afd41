#include "commands/usage.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/nearest_name.hpp"

namespace qkv::grader {

const std::vector<Verb>& verbs() {
    static const std::vector<Verb> all = {
        {"run",
         "[ID...]",
         {"grade my files; without ID all of them (what ./grade alone does)",
          "给我的文件评分，不写 ID 就是全部（./grade 不带命令时做的就是它）"}},
        {"list", "", {"the exercises, their order, state and points", "全部练习：先后次序、进度、得分"}},
        {"next", "", {"what to do next", "接下来做什么"}},
        {"hint", "ID [PART]", {"one more hint each time", "每次多给一条提示"}},
        {"watch", "[ID...]", {"grade on every save, with keys for hints and more", "每次存盘就评分，按键可看提示等"}},
        {"compare",
         "ID [PART]",
         {"my functions against the reference: shows the smallest case that differs",
          "与参考实现对比：找出结果不同的最小的一个例子"}},
        {"debug",
         "ID [PART]",
         {"my function in gdb, stopped at the call that fails", "在 gdb 里停在出错的那次调用，就在我的函数里"}},
        {"reset", "ID", {"back to the stub; my version is kept aside", "恢复成最初的样子，我写的那一份会另存起来"}},
        {"new",
         "ID",
         {"instructors: a complete new exercise that already passes verify",
          "教师用：新建一个完整的、能通过 verify 的练习"}},
        {"verify",
         "[ID...]",
         {"instructors: prove that the tests catch mistakes and accept solutions",
          "教师用：证明测试抓得住错误、认得出正确的解"}},
    };
    return all;
}

const Verb* find_verb(const std::string& name) {
    const auto found = std::ranges::find(verbs(), name, &Verb::name);
    return found == verbs().end() ? nullptr : &*found;
}

void refuse(const Text& sentence) {
    throw Failure(wrong_usage, Text{sentence.en + "  (./grade --help lists what there is)",
                                    sentence.zh + "（./grade --help 列出全部用法）"});
}

namespace {

/// Sanitizers need what the walls forbid: they are for files that one trusts.
void refuse_sanitized(const Arguments& arguments) {
    if (!arguments.submission.empty())
        refuse(
            {"--sanitize runs code without the walls that hold a submission, so it is for your own files only; "
             "leave out --submission, or grade without --sanitize.",
             "--sanitize 运行代码时没有评分用的防护，只能用于你自己的文件；请去掉 --submission，或不用 --sanitize。"});
    if (arguments.sandbox == "on")
        refuse({"--sanitize runs code without walls, --sandbox on asks for them: leave out one of the two.",
                "--sanitize 运行代码时没有防护，--sandbox on 却要求防护：请去掉其中一个。"});
    if (!arguments.compiler.empty())
        refuse({"--sanitize is built with the kit's own clang++; leave out --compiler.",
                "--sanitize 用的是工具自己的 clang++；请去掉 --compiler。"});
}

/// A word that is no exercise but nearly a verb: the wish is clear, the spelling is not.
void refuse_mistyped_verb(const Arguments& arguments) {
    if (arguments.verb != "run" || arguments.ids.empty()) return;
    const std::string& word = arguments.ids.front();
    std::vector<std::string> names;
    for (const Verb& verb : verbs()) names.push_back(verb.name);
    const std::string meant = nearest_name(word, names);
    if (meant.empty() || std::filesystem::exists(arguments.root / "exercises" / word)) return;
    refuse({fmt::format("there is neither a verb nor an exercise \"{}\"; did you mean ./grade {}?", clean(word, 80),
                        meant),
            fmt::format("没有叫“{}”的命令或练习；你要的是不是 ./grade {}？", clean(word, 80), meant)});
}

}  // namespace

void refuse_contradictions(const Arguments& arguments) {
    refuse_mistyped_verb(arguments);
    if (arguments.sanitize) refuse_sanitized(arguments);
    if (arguments.solutions && !arguments.submission.empty())
        refuse({"--solutions and --submission exclude each other.", "--solutions 和 --submission 不能同时用。"});
    if (arguments.seed && !arguments.hidden)
        refuse({"--seed belongs to --hidden: visible tests never use a seed.",
                "--seed 要和 --hidden 一起用：公开的测试从不用种子。"});
}

Language language_asked_for(int argc, char** argv) {
    Language language = language_of_environment();
    for (int i = 1; i < argc; ++i) {
        std::string_view word = argv[i];
        if (word == "--lang" && i + 1 < argc)
            word = argv[++i];
        else if (word.starts_with("--lang="))
            word.remove_prefix(7);
        else
            continue;
        if (word == "zh" || word == "en") language = word == "zh" ? Language::zh : Language::en;
    }
    return language;
}

}  // namespace qkv::grader
