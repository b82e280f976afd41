// The command line: what is asked for, what is refused, and how.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "qkv/matrix.hpp"

#include "commands/commands.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;

using Words = std::vector<std::string>;

Arguments parsed(const Words& words) {
    Words all = {"grader", "--root", "kit", "--toolchain", "kit/toolchain.json"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> pointers;
    for (std::string& word : all) pointers.push_back(word.data());
    return parse_arguments(static_cast<int>(pointers.size()), pointers.data());
}

/// The sentence with which these words are refused; one line, wrong usage.
std::string refusal(const Words& words) {
    try {
        parsed(words);
    } catch (const Failure& failure) {
        CHECK(failure.status == wrong_usage);
        CHECK(std::string(failure.what()).find('\n') == std::string::npos);
        return failure.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("no words at all mean run, for all exercises") {
    const Arguments arguments = parsed({});
    CHECK(arguments.verb == "run");
    CHECK(arguments.ids.empty());
    CHECK(arguments.root == "kit");
    CHECK(arguments.toolchain == "kit/toolchain.json");
    CHECK(arguments.format == "text");
    CHECK(arguments.sandbox == "auto");
    CHECK(arguments.jobs >= 1);
    CHECK_FALSE(arguments.solutions);
    CHECK_FALSE(arguments.hidden);
    CHECK_FALSE(arguments.seed.has_value());
    CHECK(arguments.finished.empty());
}

TEST_CASE("an exercise alone means run it") {
    CHECK(parsed({"attention"}).verb == "run");
    CHECK(parsed({"attention", "encoder"}).ids == Words{"attention", "encoder"});
    CHECK(parsed({"--format", "json", "attention"}).ids == Words{"attention"});
    CHECK(parsed({"run", "attention"}).ids == Words{"attention"});
    CHECK(parsed({"--solutions"}).verb == "run");
}

TEST_CASE("every option of a grading is read") {
    const Arguments arguments =
        parsed({"run", "--submission", "mine", "--own-stack", "--hidden", "--seed", "18446744073709551615", "--part",
                "attention/masks", "--format", "junit", "--output", "report.xml", "--jobs", "3", "--sandbox", "off",
                "--compiler", "g++"});
    CHECK(arguments.submission == "mine");
    CHECK(arguments.own_stack);
    CHECK(arguments.hidden);
    CHECK(arguments.seed == ~std::uint64_t{0});
    CHECK(arguments.part == "attention/masks");
    CHECK(arguments.format == "junit");
    CHECK(arguments.output == "report.xml");
    CHECK(arguments.jobs == 3);
    CHECK(arguments.sandbox == "off");
    CHECK(arguments.compiler == "g++");
}

TEST_CASE("the other verbs take what is theirs") {
    CHECK(parsed({"list"}).verb == "list");
    CHECK(parsed({"next"}).verb == "next");
    CHECK(parsed({"hint", "attention", "masks"}).ids == Words{"attention", "masks"});
    CHECK(parsed({"verify", "attention", "--record"}).record);
    CHECK(parsed({"new", "memory"}).ids == Words{"memory"});
    CHECK(parsed({"reset", "attention"}).ids == Words{"attention"});
    CHECK(parsed({"debug", "attention", "masks"}).ids == Words{"attention", "masks"});
    CHECK(parsed({"debug", "attention", "--part", "attention/masks"}).part == "attention/masks");
    CHECK(refusal({"reset"}) != "accepted");
    CHECK(refusal({"reset", "attention", "encoder"}) != "accepted");
    CHECK(refusal({"new"}) != "accepted");
    CHECK(refusal({"hint"}) != "accepted");
    CHECK(refusal({"hint", "a", "b", "c"}) != "accepted");
    CHECK(refusal({"list", "attention"}) != "accepted");
    CHECK(refusal({"verify", "--hidden"}) != "accepted");
}

TEST_CASE("the language can be named before and after the verb") {
    CHECK(parsed({"--lang", "zh"}).language == Language::zh);
    CHECK(parsed({"--lang", "zh", "list"}).verb == "list");
    CHECK(parsed({"--lang", "zh", "list"}).language == Language::zh);
    CHECK(parsed({"list", "--lang", "en"}).language == Language::en);
    CHECK(parsed({"attention", "--lang", "zh"}).ids == Words{"attention"});
    CHECK(refusal({"--lang", "fr"}) != "accepted");
}

TEST_CASE("unknown options and bad values are refused, and help is named") {
    for (const Words& words : {Words{"--colour"},
                               {"run", "--format", "xml"},
                               {"--jobs", "0"},
                               {"--jobs", "many"},
                               {"--seed", "-1"},
                               {"--hidden", "--seed", "x"},
                               {"--hidden", "--seed", "18446744073709551616"},
                               {"--sandbox", "maybe"},
                               {"--output"},
                               {"--lang"}}) {
        INFO(words[0]);
        CHECK(refusal(words).find("--help") != std::string::npos);
    }
    CHECK(refusal({"--hidden", "--seed", "-1"}).find("--help") != std::string::npos);
    CHECK(refusal({"--a\x1b[31m"}).find('\x1b') == std::string::npos);
}

TEST_CASE("options that exclude each other are refused") {
    CHECK(refusal({"--solutions", "--submission", "mine"}).find("exclude each other") != std::string::npos);
    CHECK(refusal({"--seed", "5"}).find("--hidden") != std::string::npos);
}

TEST_CASE("sanitizers are for one's own files, behind no walls") {
    CHECK(parsed({"attention", "--sanitize"}).sanitize);
    CHECK(parsed({"--sanitize", "--solutions", "--hidden", "--own-stack", "--sandbox", "off"}).sanitize);
    CHECK(refusal({"--sanitize", "--submission", "theirs"}).find("for your own files only") != std::string::npos);
    CHECK(refusal({"--sanitize", "--sandbox", "on"}).find("--sandbox on") != std::string::npos);
    CHECK(refusal({"--sanitize", "--compiler", "g++"}).find("--compiler") != std::string::npos);
}

TEST_CASE("every verb of the table is in the help, has a help of its own, and is guessed when it is mistyped") {
    const std::string help = parsed({"--help"}).finished, chinese = parsed({"--help", "--lang", "zh"}).finished;
    for (const Verb& verb : verbs()) {
        CHECK(help.find(verb.does.en.substr(0, 20)) != std::string::npos);
        CHECK(chinese.find(verb.does.zh.substr(0, 12)) != std::string::npos);
        const std::string own = parsed({verb.name, "--help"}).finished;
        CHECK(own.starts_with(fmt::format("{}\nUsage: ./grade {} ", verb.does.en, verb.name)));
        for (const Option& option : verb.options) {
            const bool for_people = !option.does.en.empty();  // else the program's own
            CHECK((own.find(option.usage) != std::string::npos) == for_people);
        }
        CHECK(refusal({std::string(verb.name) + "x"}).find(fmt::format("did you mean ./grade {}?", verb.name)) !=
              std::string::npos);
    }
}

TEST_CASE("help and version are texts to be printed") {
    const std::string help = parsed({"--help"}).finished;
    for (const char* verb : {"run", "list", "next", "hint", "verify"}) CHECK(help.find(verb) != std::string::npos);
    CHECK(help.find("--toolchain") == std::string::npos);
    CHECK(parsed({"run", "--help"}).finished.find("--own-stack") != std::string::npos);
    CHECK(parsed({"attention", "--help"}).finished.find("--own-stack") != std::string::npos);
    CHECK(parsed({"--version"}).finished.starts_with("qkv "));
}

TEST_CASE("complaints about the words are in the language that they ask for") {
    const auto complaint = [](const Words& words) -> std::string {
        try {
            parsed(words);
        } catch (const Failure& failure) {
            return failure.words.zh;
        }
        return "";
    };
    CHECK(complaint({"run", "--seed", "1"}) ==
          "--seed 要和 --hidden 一起用：公开的测试从不用种子。（./grade --help 列出全部用法）");
    CHECK(complaint({"list", "--nothing"}) == "不认识的参数：--nothing（./grade --help 列出全部用法）");
    CHECK(complaint({"hint"}) == "写法是 ./grade hint ID [PART]（./grade --help 列出全部用法）");
    const auto asked = [](Words words) {
        words.insert(words.begin(), "grader");
        std::vector<char*> pointers;
        for (std::string& word : words) pointers.push_back(word.data());
        return language_asked_for(static_cast<int>(pointers.size()), pointers.data());
    };
    CHECK(asked({"list", "--lang", "zh", "--nothing"}) == Language::zh);
    CHECK(asked({"--lang=en"}) == Language::en);
}

TEST_CASE("help is a word too") {
    CHECK(parsed({"help", "--lang", "zh"}).finished.find("选项：\n") != std::string::npos);
    CHECK(parsed({"help", "--lang", "zh"}).finished.find(":\n") == std::string::npos);
    CHECK(parsed({"help"}).finished == parsed({"--help"}).finished);
    CHECK(parsed({"help", "watch"}).finished == parsed({"watch", "--help"}).finished);
    CHECK(parsed({"--lang", "zh", "help"}).finished == parsed({"--help", "--lang", "zh"}).finished);
}

TEST_CASE("a mistyped option is guessed, and values are asked for by name, in every language") {
    const auto both = [](const Words& words) -> Text {
        try {
            parsed(words);
        } catch (const Failure& failure) {
            return failure.words;
        }
        return {};
    };
    const std::vector<std::pair<Words, std::array<std::string, 2>>> cases = {
        {{"--soluions"}, {"there is no --soluions; did you mean --solutions?", "你要的是不是 --solutions？"}},
        {{"--hiden", "attention"}, {"did you mean --hidden?", "你要的是不是 --hidden？"}},
        {{"--seeds=3"}, {"did you mean --seed?", "你要的是不是 --seed？"}},
        {{"list", "--hidden"}, {"--hidden belongs to another verb", "--hidden 是别的命令的选项"}},
        {{"class", "in", "--rooster", "r.csv"},
         {"there is no --rooster; did you mean --roster?", "你要的是不是 --roster？"}},
        {{"show", "attention", "1", "2"}, {"it is written ./grade show ID [SCENE]", "写法是 ./grade show ID [SCENE]"}},
        {{"--format", "xml"},
         {"--format takes one of these: text|json|junit|gradescope|github", "--format 后面要写其中之一："}},
        {{"--output"}, {"--output takes a value: --output FILE", "--output 后面要写值：--output FILE"}},
        {{"--hidden", "--seed", "x"}, {"--seed takes a whole number", "--seed 要的是一个"}},
        {{"--jobs", "many"}, {"--jobs takes a whole number", "--jobs 后面要写 1 到 1024 的整数"}},
        {{"--lang", "fr"}, {"--lang takes one of these: en|zh", "--lang 后面要写其中之一：en|zh"}},
        {{"hint"}, {"it is written ./grade hint ID [PART]", "写法是 ./grade hint ID [PART]"}}};
    for (const auto& [words, pieces] : cases) {
        const Text said = both(words);
        INFO(said.en << "\n" << said.zh);
        CHECK(said.en.find(pieces[0]) != std::string::npos);
        Words in_chinese = words;
        if (words.front() != "--lang") in_chinese.insert(in_chinese.end(), {"--lang", "zh"});
        if (words.front() == "--output") in_chinese = {"--lang", "zh", "--output"};
        CHECK(both(in_chinese).zh.find(pieces[1]) != std::string::npos);
    }
}

TEST_CASE("what an option takes is said of the verb that was typed") {
    CHECK(refusal({"quiz", "--format", "junit"}).starts_with("--format takes one of these: text|json  "));
    CHECK(refusal({"run", "--format", "yaml"})
              .starts_with("--format takes one of these: text|json|junit|gradescope|github  "));
    CHECK(
        refusal({"--format", "yaml"}).starts_with("--format takes one of these: text|json|junit|gradescope|github  "));
}
