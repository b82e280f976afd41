#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "failure.hpp"

namespace qkv {

namespace {

const std::vector<std::pair<const char*, const char*>> verbs = {
    {"run", "grade my files (what ./grade alone does)"},
    {"list", "the exercises, their state and points"},
    {"next", "what to do next"},
    {"hint", "one more hint: hint ID [PART]"},
    {"watch", "grade on save, with keys for hints and more: watch [ID...]"},
    {"compare", "my functions against the reference; shows the smallest case that differs: compare ID [PART]"},
    {"debug", "my function in gdb, stopped at the call that fails: debug ID [PART]"},
    {"reset", "back to the stub; my version is kept aside: reset ID"},
    {"new", "instructors: a complete new exercise that already passes verify: new ID"},
    {"verify", "instructors: prove that the tests catch mistakes and accept solutions"},
};

const std::vector<const char*> planned = {"handout", "class", "export", "quiz"};

void add_sandbox_option(CLI::App& verb, Arguments& arguments) {
    verb.add_option("--sandbox", arguments.sandbox, "the second wall, bubblewrap: auto, on or off")
        ->check(CLI::IsMember({"auto", "on", "off"}));
}

void add_grading_options(CLI::App& verb, Arguments& arguments) {
    verb.add_option("ID", arguments.ids, "exercises; none means all");
    verb.add_flag("--solutions", arguments.solutions, "grade the reference solutions");
    verb.add_option("--submission", arguments.submission,
                    "grade the files of this folder: DIR/<id>.cpp or DIR/<id>/<id>.cpp");
    verb.add_flag("--own-stack", arguments.own_stack, "link my own files of the exercises that one needs");
    verb.add_flag("--hidden", arguments.hidden, "the hidden tests too");
    const auto set_seed = [&arguments](const std::string& text) {
        std::uint64_t seed = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
        if (error != std::errc() || end != text.data() + text.size()) return false;
        arguments.seed = seed;
        return true;
    };
    verb.add_option_function<std::string>(
        "--seed",
        [set_seed](const std::string& text) {
            if (!set_seed(text)) throw CLI::ValidationError("--seed", "takes a whole number from 0 to 2^64 - 1");
        },
        "of the hidden tests, to repeat a run");
    verb.add_option("--part", arguments.part, "only this part: ID/PART");
    verb.add_option("--format", arguments.format, "text, json or junit")
        ->check(CLI::IsMember({"text", "json", "junit"}));
    verb.add_option("--output", arguments.output, "write the report to this file");
    verb.add_option("--jobs", arguments.jobs, "exercises graded at once")->check(CLI::Range(1, 1024));
    add_sandbox_option(verb, arguments);
    verb.add_option("--compiler", arguments.compiler, "another compiler for learners' files, for example g++");
    verb.add_flag("--sanitize", arguments.sanitize,
                  "my own files with ASan and UBSan in them, which find reads and writes out of bounds");
}

void add_new_options(CLI::App& verb, Arguments& arguments) {
    verb.add_option("ID", arguments.ids, "snake_case")->required()->expected(1);
    verb.add_option("--title-en", arguments.title_en, "title in English");
    verb.add_option("--title-zh", arguments.title_zh, "title in Chinese");
    verb.add_option("--track", arguments.track, "basic, advanced or challenge");
    verb.add_option("--stars", arguments.stars, "1 to 5");
    verb.add_option("--needs", arguments.needs, "exercises whose functions it calls, with commas");
}

/// ./grade attention means ./grade run attention.
std::vector<std::string> with_verb(int argc, char** argv, std::size_t& place) {
    std::vector<std::string> words(argv + 1, argv + argc);
    const auto known = [](const std::string& word) {
        const auto same = [&](const auto& verb) { return word == verb.first; };
        return std::ranges::any_of(verbs, same) || std::ranges::find(planned, word) != planned.end();
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

[[noreturn]] void refuse(const Text& sentence) {
    throw Failure(wrong_usage, Text{sentence.en + "  (./grade --help lists what there is)",
                                    sentence.zh + "（./grade --help 列出全部用法）"});
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

/// What excludes each other on a command line.
void refuse_contradictions(const Arguments& arguments) {
    if (arguments.sanitize) refuse_sanitized(arguments);
    if (arguments.solutions && !arguments.submission.empty())
        refuse({"--solutions and --submission exclude each other.", "--solutions 和 --submission 不能同时用。"});
    if (arguments.seed && !arguments.hidden)
        refuse({"--seed belongs to --hidden: visible tests never use a seed.",
                "--seed 要和 --hidden 一起用：公开的测试从不用种子。"});
}

}  // namespace

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

Arguments parse_arguments(int argc, char** argv) {
    Arguments arguments;
    arguments.language = language_of_environment();
    CLI::App app("qkv: understand attention, the Transformer and external memory by writing them.", "./grade");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag("--version", "qkv " QKV_VERSION);
    app.add_option("--root", arguments.root)->required()->group("");
    app.add_option("--recipe", arguments.recipe)->required()->group("");
    std::string language;
    app.add_option("--lang", language, "en or zh; the locale decides otherwise")->check(CLI::IsMember({"en", "zh"}));
    std::size_t place = 0;
    auto words = with_verb(argc, argv, place);
    if (place < words.size() && std::ranges::find(planned, words[place]) != planned.end())
        refuse({words[place] + " is not there yet.", words[place] + " 还没有做好。"});
    for (const auto& [name, help] : verbs) {
        CLI::App& verb = *app.add_subcommand(name, help);
        if (std::string_view(name) == "run") add_grading_options(verb, arguments);
        if (std::string_view(name) == "hint")
            verb.add_option("ID", arguments.ids, "exercise, and part if you like")->required()->expected(1, 2);
        if (std::string_view(name) == "watch") {
            verb.add_option("ID", arguments.ids, "exercises; none means all, one after the other");
            add_sandbox_option(verb, arguments);
        }
        if (std::string_view(name) == "compare") {
            verb.add_option("ID", arguments.ids, "exercise, and part if you like")->required()->expected(1, 2);
            verb.add_option("--submission", arguments.submission, "the files of this folder instead of mine");
        }
        if (std::string_view(name) == "debug") {
            verb.add_option("ID", arguments.ids, "exercise, and part if you like")->expected(1, 2);
            verb.add_option("--part", arguments.part, "the part, as ID/PART");
        }
        if (std::string_view(name) == "reset")
            verb.add_option("ID", arguments.ids, "exercise")->required()->expected(1);
        if (std::string_view(name) == "new") add_new_options(verb, arguments);
        if (std::string_view(name) == "verify") {
            verb.add_option("ID", arguments.ids, "exercises; none means all");
            verb.add_flag("--record", arguments.record, "write the mutants' outputs into golden/mutants.safetensors");
            verb.add_flag("--trust", arguments.trust,
                          "the trust matrix instead: hostile files, by family or family/name");
            add_sandbox_option(verb, arguments);
            verb.add_option("--jobs", arguments.jobs, "builds at once")->check(CLI::Range(1, 1024));
        }
        verb.callback([&arguments, verb_name = std::string(name)] { arguments.verb = verb_name; });
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
    if (!language.empty()) arguments.language = language == "zh" ? Language::zh : Language::en;
    if (arguments.jobs == 0) arguments.jobs = std::max(1U, std::thread::hardware_concurrency());
    refuse_contradictions(arguments);
    return arguments;
}

}  // namespace qkv
