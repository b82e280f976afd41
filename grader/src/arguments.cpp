#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "failure.hpp"
#include "usage.hpp"

namespace qkv {

namespace {

const std::vector<const char*> planned = {"handout", "class", "export", "quiz"};

class HelpFormatter : public CLI::Formatter {
public:
    explicit HelpFormatter(Language language) : language_(language) {
        column_width(26);
        if (language == Language::zh) label("Positionals", "参数");
    }

    std::string make_usage(const CLI::App* app, std::string) const override {
        const Verb* verb = find_verb(app->get_name());
        const Text usage{"Usage: ./grade", "用法：./grade"};
        const Text options{"[OPTIONS]", "[选项]"};
        if (verb == nullptr)
            return usage.in(language_) + Text{" [VERB] [ID...] ", " [命令] [ID...] "}.in(language_) +
                   options.in(language_) + "\n";
        return fmt::format("{} {} {}{}{}\n", usage.in(language_), verb->name, verb->operands,
                           verb->operands.empty() ? "" : " ", options.in(language_));
    }

private:
    Language language_;
};

/// The help of an option in the language of the one who reads it.
using Say = std::function<std::string(const char* en, const char* zh)>;

void add_sandbox_option(CLI::App& verb, Arguments& arguments, const Say& say) {
    verb.add_option("--sandbox", arguments.sandbox, say("the second wall, bubblewrap", "第二道防护 bubblewrap"))
        ->check(CLI::IsMember({"auto", "on", "off"}))
        ->option_text("auto|on|off");
}

void add_ids(CLI::App& verb, Arguments& arguments, const Say& say) {
    verb.add_option("ID", arguments.ids, say("exercises; none means all", "练习，不写就是全部"))->option_text("...");
}

void add_id_and_part(CLI::App& verb, Arguments& arguments, const Say& say) {
    verb.add_option("ID", arguments.ids, say("exercise, and part if you like", "练习，后面可以再写一个部分"))
        ->required()
        ->expected(1, 2)
        ->option_text("[PART]");
}

void add_jobs(CLI::App& verb, Arguments& arguments, const Say& say) {
    verb.add_option("--jobs", arguments.jobs, say("how many exercises at once", "同时处理几个练习"))
        ->check(CLI::Range(1, 1024))
        ->option_text("N");
}

void add_seed(CLI::App& verb, Arguments& arguments, const Say& say) {
    const auto set_seed = [&arguments, say](const std::string& text) {
        std::uint64_t seed = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
        if (error != std::errc() || end != text.data() + text.size())
            throw CLI::ValidationError(
                "--seed", say("takes a whole number from 0 to 2^64 - 1", "要的是一个 0 到 2^64 - 1 的整数"));
        arguments.seed = seed;
    };
    verb.add_option_function<std::string>(
            "--seed", set_seed, say("of the hidden tests, to repeat a run", "隐藏测试的种子，用来重现一次评分"))
        ->option_text("N");
}

void add_grading_options(CLI::App& verb, Arguments& arguments, const Say& say) {
    add_ids(verb, arguments, say);
    verb.add_flag("--solutions", arguments.solutions, say("grade the reference solutions", "给参考解答评分"));
    verb.add_option("--submission", arguments.submission,
                    say("grade the files of this folder: DIR/<id>.cpp or DIR/<id>/<id>.cpp",
                        "给这个文件夹里的文件评分：DIR/<id>.cpp 或 DIR/<id>/<id>.cpp"))
        ->option_text("DIR");
    verb.add_flag("--own-stack", arguments.own_stack,
                  say("link my own files of the exercises that one needs", "所依赖的练习也用我自己写的文件"));
    verb.add_flag("--hidden", arguments.hidden, say("the hidden tests too", "隐藏测试也要运行"));
    add_seed(verb, arguments, say);
    verb.add_option("--part", arguments.part, say("only this part: ID/PART", "只评这个部分：ID/PART"))
        ->option_text("ID/PART");
    verb.add_option("--format", arguments.format, say("of the report", "报告的格式"))
        ->check(CLI::IsMember({"text", "json", "junit"}))
        ->option_text("text|json|junit");
    verb.add_option("--output", arguments.output, say("write the report to this file", "把报告写进这个文件"))
        ->option_text("FILE");
    add_jobs(verb, arguments, say);
    add_sandbox_option(verb, arguments, say);
    verb.add_option("--compiler", arguments.compiler,
                    say("another compiler for learners' files, for example g++", "换一个编译器，例如 g++"))
        ->option_text("PROGRAM");
    verb.add_flag("--sanitize", arguments.sanitize,
                  say("my own files with ASan and UBSan in them, which find reads and writes out of bounds",
                      "用 ASan 和 UBSan 编译我自己的文件，找出越界读写"));
}

void add_new_options(CLI::App& verb, Arguments& arguments, const Say& say) {
    verb.add_option("ID", arguments.ids, say("its name, in snake_case", "练习的名字，用 snake_case"))
        ->required()
        ->expected(1)
        ->option_text(" ");
    verb.add_option("--title-en", arguments.title_en, say("title in English", "英文标题"))->option_text("TEXT");
    verb.add_option("--title-zh", arguments.title_zh, say("title in Chinese", "中文标题"))->option_text("TEXT");
    verb.add_option("--track", arguments.track,
                    say("basic, advanced or challenge", "路线：basic、advanced 或 challenge"))
        ->option_text("TRACK");
    verb.add_option("--stars", arguments.stars, say("1 to 5", "难度：1 到 5"))->option_text("N");
    verb.add_option("--needs", arguments.needs,
                    say("exercises whose functions it calls, with commas", "它要调用哪些练习的函数，用逗号隔开"))
        ->option_text("IDS");
}

void add_verify_options(CLI::App& verb, Arguments& arguments, const Say& say) {
    add_ids(verb, arguments, say);
    verb.add_flag("--record", arguments.record,
                  say("write down what the mutants return and the sentences that explain them",
                      "记下各个变异体的返回值，以及解释它们的句子"));
    verb.add_flag("--trust", arguments.trust,
                  say("the trust matrix instead: hostile files, by family or family/name",
                      "改为检验防护：运行恶意文件，可以写类别，或类别/名字"));
    add_sandbox_option(verb, arguments, say);
    add_jobs(verb, arguments, say);
}

void add_options(CLI::App& verb, Arguments& arguments, const Say& say) {
    const std::string name = verb.get_name();
    if (name == "run") add_grading_options(verb, arguments, say);
    if (name == "hint" || name == "compare" || name == "debug") add_id_and_part(verb, arguments, say);
    if (name == "watch") {
        add_ids(verb, arguments, say);
        add_sandbox_option(verb, arguments, say);
    }
    if (name == "compare")
        verb.add_option("--submission", arguments.submission,
                        say("the files of this folder instead of mine", "不用我的文件，用这个文件夹里的"))
            ->option_text("DIR");
    if (name == "debug") {
        verb.get_option("ID")->required(false);
        verb.add_option("--part", arguments.part, say("the part, as ID/PART", "哪个部分：ID/PART"))
            ->option_text("ID/PART");
    }
    if (name == "reset")
        verb.add_option("ID", arguments.ids, say("exercise", "练习"))->required()->expected(1)->option_text(" ");
    if (name == "new") add_new_options(verb, arguments, say);
    if (name == "verify") add_verify_options(verb, arguments, say);
}

/// ./grade attention means ./grade run attention.
std::vector<std::string> with_verb(int argc, char** argv, std::size_t& place) {
    std::vector<std::string> words(argv + 1, argv + argc);
    const auto known = [](const std::string& word) {
        return find_verb(word) != nullptr || std::ranges::find(planned, word) != planned.end();
    };
    place = 0;
    // --root, --recipe and --lang may stand before the verb.
    while (place < words.size() && (words[place] == "--root" || words[place] == "--recipe" || words[place] == "--lang"))
        place += 2;
    place = std::min(place, words.size());
    const bool help =
        place < words.size() && (words[place] == "--help" || words[place] == "-h" || words[place] == "--version");
    if (!help && (place == words.size() || !known(words[place]))) {
        words.insert(words.begin() + static_cast<std::ptrdiff_t>(place), "run");
    }
    return words;
}

/// What CLI11 complains of. Of the values of an option its own words stand in the Chinese sentence too.
[[noreturn]] void refuse_error(const CLI::ParseError& error) {
    const std::string words = clean(error.what(), 300);
    std::string zh = "参数不对：" + words;
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError))
        zh = "不认识的参数：" + words.substr(std::min(words.size(), words.rfind(": ") + 2));
    else if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError))
        zh = "缺少参数：" + words.substr(0, words.find(" is required"));
    refuse({words, zh});
}

}  // namespace

Arguments parse_arguments(int argc, char** argv) {
    Arguments arguments;
    arguments.language = language_asked_for(argc, argv);
    const Say say = [language = arguments.language](const char* en, const char* zh) {
        return std::string(language == Language::zh ? zh : en);
    };
    CLI::App app(say("qkv: understand attention, the Transformer and external memory by writing them.",
                     "qkv：把注意力、Transformer 和外部记忆亲手写一遍，弄懂它们。"),
                 "./grade");
    app.formatter(std::make_shared<HelpFormatter>(arguments.language));
    app.option_defaults()->group(say("Options", "选项"));
    app.set_help_flag("-h,--help",
                      say("this text; after a verb, its options", "显示这段文字；写在命令后面，则显示该命令的选项"));
    app.set_version_flag("--version", "qkv " QKV_VERSION, say("the version", "显示版本"));
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--root", arguments.root)->required()->group("");
    app.add_option("--recipe", arguments.recipe)->required()->group("");
    std::string language;
    app.add_option("--lang", language, say("the locale decides otherwise", "不写则由系统的语言决定"))
        ->check(CLI::IsMember({"en", "zh"}))
        ->option_text("en|zh");
    std::size_t place = 0;
    auto words = with_verb(argc, argv, place);
    if (place < words.size() && std::ranges::find(planned, words[place]) != planned.end())
        refuse({words[place] + " is not there yet.", words[place] + " 还没有做好。"});
    for (const Verb& known : verbs()) {
        CLI::App& verb = *app.add_subcommand(known.name, known.does.in(arguments.language));
        verb.group(say("Verbs", "命令"));
        verb.get_help_ptr()->group(say("Options", "选项"));
        add_options(verb, arguments, say);
        verb.callback([&arguments, name = known.name] { arguments.verb = name; });
    }
    try {
        std::ranges::reverse(words);  // as CLI11 wants them
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        arguments.finished = chosen.empty() ? app.help() : chosen.front()->help();
    } catch (const CLI::CallForVersion& version) {
        arguments.finished = std::string(version.what()) + "\n";
    } catch (const CLI::ParseError& error) {
        refuse_error(error);
    }
    if (arguments.jobs == 0) arguments.jobs = std::max(1U, std::thread::hardware_concurrency());
    refuse_contradictions(arguments);
    return arguments;
}

}  // namespace qkv
