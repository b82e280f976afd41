#include "commands/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <sstream>
#include <thread>
#include <type_traits>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/failure.hpp"
#include "commands/commands.hpp"
#include "model/catalog.hpp"

namespace qkv::grader {

namespace {

/// Ends with one line, which names the help too. Throws Failure (wrong_usage).
[[noreturn]] void refuse(const Text& sentence) {
    throw Failure(wrong_usage,
                  said({"{}  (./grade --help lists what there is)", "{}（./grade --help 列出全部用法）"}, sentence));
}

class HelpFormatter : public CLI::Formatter {
public:
    explicit HelpFormatter(Language language) : language_(language) {
        column_width(26);
        label("Positionals", say({"Positionals", "参数"}, language));
    }

    std::string make_usage(const CLI::App* app, std::string) const override {
        const Verb* verb = find_verb(app->get_name());
        std::string words = verb == nullptr ? say({"[VERB] [ID...]", "[命令] [ID...]"}, language_) : verb->name;
        if (verb != nullptr && *verb->operands.shown != '\0') words += fmt::format(" {}", verb->operands.shown);
        return say({"Usage: ./grade {} [OPTIONS]\n", "用法：./grade {} [选项]\n"}, language_, words);
    }

    /// CLI11 writes a colon of its own after a heading.
    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
        std::istringstream lines(CLI::Formatter::make_help(app, std::move(name), mode));
        std::string text;
        for (std::string line; std::getline(lines, line); text += line + "\n") {
            const bool heading = line.ends_with(':') && !line.starts_with(' ');
            if (heading) line = line.substr(0, line.size() - 1) + say({":", "："}, language_);
        }
        return text;
    }

private:
    Language language_;
};

std::string check_seed(Language language, const std::string& text) {
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error == std::errc() && end == text.data() + text.size()) return "";
    return say({"takes a whole number from 0 to 2^64 - 1", "要的是一个 0 到 2^64 - 1 的整数"}, language);
}

void add(CLI::App& verb, const Option& option, Arguments& arguments) {
    const auto words = CLI::detail::split(option.usage, ' ');
    const auto add_to = [&](auto place) {
        auto& value = arguments.*place;
        using Value = std::remove_reference_t<decltype(value)>;
        const std::string& does = option.does.in(arguments.language);
        if constexpr (std::is_same_v<Value, bool>) {
            verb.add_flag(words[0], value, does);
        } else {
            CLI::Option* added = verb.add_option(words[0], value, does)->option_text(words[1]);
            if (option.does.en.empty()) added->group("");  // for the kit's own use
            const auto choices = CLI::detail::split(words[1], '|');
            if (choices.size() > 1) added->check(CLI::IsMember(choices));
            if constexpr (std::is_same_v<Value, unsigned>) added->check(CLI::Range(1, 1024));
            if constexpr (std::is_same_v<Value, std::optional<std::uint64_t>>)
                added->check([&](const std::string& text) { return check_seed(arguments.language, text); });
        }
    };
    std::visit(add_to, option.place);
}

void add(CLI::App& app, const Verb& known, Arguments& arguments) {
    CLI::App& verb = *app.add_subcommand(known.name, known.does.in(arguments.language));
    verb.group(say({"Verbs", "命令"}, arguments.language));
    verb.get_help_ptr()->group(say({"Options", "选项"}, arguments.language));
    const Operands& operands = known.operands;
    if (operands.most > 0)
        verb.add_option("ID", arguments.ids, operands.does.in(arguments.language))
            ->required(operands.least > 0)
            ->expected(1, operands.most)
            ->option_text(operands.after_id);
    for (const Option& option : known.options) add(verb, option, arguments);
    verb.callback([&arguments, name = known.name] { arguments.verb = name; });
}

/// ./grade attention means ./grade run attention.
std::vector<std::string> with_verb(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    const auto is_one_of = [&](std::size_t at, std::initializer_list<const char*> known) {
        return at < words.size() && std::ranges::find(known, words[at]) != known.end();
    };
    std::size_t at = 0;
    while (is_one_of(at, {"--root", "--toolchain", "--lang"})) at += 2;
    at = std::min(at, words.size());
    // ./grade help, ./grade help watch: what one types first.
    if (is_one_of(at, {"help"})) {
        words[at] = "--help";
        if (at + 1 < words.size() && find_verb(words[at + 1]) != nullptr) std::swap(words[at], words[at + 1]);
    }
    const bool has_verb = at < words.size() && find_verb(words[at]) != nullptr;
    if (!has_verb && !is_one_of(at, {"--help", "-h", "--version"}))
        words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), "run");
    return words;
}

/// All options by their usage, "--seed N": those of this verb first, for what one option takes differs from verb to
/// verb; then those of every verb and those before the verb.
std::vector<std::string> usages(const Verb* typed = nullptr) {
    std::vector<std::string> all;
    const auto add = [&](const Verb& verb) {
        for (const Option& option : verb.options) all.emplace_back(option.usage);
    };
    if (typed != nullptr) add(*typed);
    all.insert(all.end(), {"--help", "--version", "--lang en|zh"});
    std::ranges::for_each(verbs(), add);
    return all;
}

/// The verb among these words.
const Verb* verb_in(const std::vector<std::string>& words) {
    const auto found = std::ranges::find_if(words, [](const std::string& word) { return find_verb(word) != nullptr; });
    return found == words.end() ? nullptr : find_verb(*found);
}

/// "--seed" of "--seed N".
std::string usage_name(const std::string& usage) { return usage.substr(0, usage.find(' ')); }

/// A word that nothing takes, and the option that was probably meant.
[[noreturn]] void refuse_unknown(const std::string& word) {
    std::vector<std::string> names;
    for (const std::string& usage : usages()) names.push_back(usage_name(usage));
    const std::string meant = word.starts_with("--") ? nearest_name(word.substr(0, word.find('=')), names) : "";
    if (meant.empty()) refuse(said({"nothing here takes \"{}\"", "不认识的参数：{}"}, word));
    if (meant == word) refuse(said({"{} belongs to another verb", "{} 是别的命令的选项"}, word));
    refuse(said({"there is no {}; did you mean {}?", "没有 {} 这个选项；你要的是不是 {}？"}, word, meant));
}

/// Too many words behind a verb, or too few: an option that it has not leaves its value over.
[[noreturn]] void refuse_operands(const std::vector<std::string>& typed_words, const Verb& typed) {
    for (const std::string& word : typed_words) {
        const std::string name = word.substr(0, word.find('='));
        const auto is_it = [&](const Option& option) { return name == usage_name(option.usage); };
        const bool known = name == "--root" || name == "--toolchain" || name == "--lang" || name == "--help";
        if (name.starts_with("--") && !known && std::ranges::none_of(typed.options, is_it)) refuse_unknown(word);
    }
    refuse(said({"it is written ./grade {} {}", "写法是 ./grade {} {}"}, typed.name, typed.operands.shown));
}

/// What CLI11 complains of, in our words: it names the option, the table of verbs knows what that takes.
[[noreturn]] void refuse_error(const CLI::ParseError& error, const std::vector<std::string>& typed_words,
                               const Verb* typed, Language language) {
    const std::string words = clean(error.what(), 300);
    const auto is = [&](CLI::ExitCodes code) { return error.get_exit_code() == static_cast<int>(code); };
    if (is(CLI::ExitCodes::ExtrasError)) {
        const std::string extras = words.substr(std::min(words.size(), words.rfind(": ") + 2));
        refuse_unknown(extras.substr(0, extras.find(' ')));
    }
    const bool operand = words.starts_with("ID ") || words.starts_with("ID: ");
    if (typed != nullptr && operand) refuse_operands(typed_words, *typed);
    if (is(CLI::ExitCodes::RequiredError))
        refuse(said({"{} is missing", "缺少参数：{}"}, words.substr(0, words.find(" is required"))));
    for (const std::string& usage : usages(typed)) {
        const std::size_t space = usage.find(' ');
        const std::string name = usage.substr(0, space);
        const bool named = words.starts_with(name + ":") || words.starts_with(name + " ") ||
                           words.find(" " + name + " ") != std::string::npos || words.ends_with(" " + name);
        if (!named) continue;
        if (space == std::string::npos) refuse(said({"{} takes no value", "{} 后面不写值"}, name));
        const std::string value = usage.substr(space + 1);
        if (name == "--seed" && words.starts_with(name + ": "))
            refuse(said({"{}", "{}"}, name + " " + check_seed(language, "x")));
        if (name == "--jobs")
            refuse({"--jobs takes a whole number from 1 to 1024", "--jobs 后面要写 1 到 1024 的整数"});
        if (value.find('|') != std::string::npos)
            refuse(said({"{} takes one of these: {}", "{} 后面要写其中之一：{}"}, name, value));
        refuse(said({"{0} takes a value: {0} {1}", "{0} 后面要写值：{0} {1}"}, name, value));
    }
    refuse({words, "参数不对：" + words});
}

/// What grades the exercise that a path names, such as "exercises/attention/attention.cpp", or the part that a report
/// names, "attention/masks"; empty if it names none.
std::string graded_by_path(const std::string& word, const std::filesystem::path& exercises) {
    std::filesystem::path path = word;
    if (!path.has_filename()) path = path.parent_path();
    const std::string last = path.filename().string(), above = path.parent_path().filename().string();
    const auto is_id = [&](const std::string& id) {
        return !id.empty() && std::filesystem::exists(exercises / id / "exercise.toml");
    };
    std::string name = path.stem().string();
    if (name != word && is_id(name)) return name;
    if (!is_id(above)) return "";
    return path.has_extension() || word != above + "/" + last ? above : "--part " + word;
}

/// A word that is no exercise but nearly a verb: the wish is clear, the spelling is not.
void refuse_mistyped_verb(const Arguments& arguments) {
    if (arguments.verb != "run" || arguments.ids.empty()) return;
    const std::string& word = arguments.ids.front();
    std::vector<std::string> names;
    for (const Verb& verb : verbs()) names.emplace_back(verb.name);
    const auto exercises = arguments.root / "exercises";
    const std::string by_path = graded_by_path(word, exercises);
    const std::string meant = by_path.empty() ? nearest_name(word, names) : by_path;
    if (by_path.empty() && (std::filesystem::exists(exercises / word) || is_track(word))) return;
    if (meant.empty() && std::filesystem::is_directory(exercises)) {
        std::vector<std::string> ids;
        for (const auto& folder : std::filesystem::directory_iterator(exercises))
            ids.push_back(folder.path().filename().string());
        if (nearest_name(word, ids).empty())
            refuse(said({"there is neither a verb nor an exercise \"{}\"; ./grade list shows the exercises",
                         "没有叫“{}”的命令或练习；./grade list 列出全部练习"},
                        clean(word, 80)));
    }
    if (meant.empty()) return;
    refuse(said({"there is neither a verb nor an exercise \"{}\"; did you mean ./grade {}?",
                 "没有叫“{}”的命令或练习；你要的是不是 ./grade {}？"},
                clean(word, 80), meant));
}

/// What excludes each other. Sanitizers need what the walls forbid: they are for files that one trusts.
void refuse_contradictions(const Arguments& arguments) {
    if (arguments.sanitize && !arguments.submission.empty())
        refuse(
            {"--sanitize runs code without the walls that hold a submission, so it is for your own files only; "
             "leave out --submission, or grade without --sanitize.",
             "--sanitize 运行代码时没有评分用的防护，只能用于你自己的文件；请去掉 --submission，或不用 --sanitize。"});
    if (arguments.sanitize && arguments.sandbox == "on")
        refuse({"--sanitize runs code without walls, --sandbox on asks for them: leave out one of the two.",
                "--sanitize 运行代码时没有防护，--sandbox on 却要求防护：请去掉其中一个。"});
    if (arguments.sanitize && !arguments.compiler.empty())
        refuse({"--sanitize is built with the kit's own clang++; leave out --compiler.",
                "--sanitize 用的是工具自己的 clang++；请去掉 --compiler。"});
    if (arguments.solutions && !arguments.submission.empty())
        refuse({"--solutions and --submission exclude each other.", "--solutions 和 --submission 不能同时用。"});
    if (arguments.sheet && (!arguments.answers.empty() || arguments.format != "text"))
        refuse({"--sheet prints an empty sheet; leave out --answers and --format.",
                "--sheet 打印的是空白答卷；请去掉 --answers 和 --format。"});
    if (arguments.record && arguments.every != 1)
        refuse({"--record writes down what all mutants return; leave out --every.",
                "--record 要记下全部变异体的返回值；请去掉 --every。"});
    if (arguments.seed && !arguments.hidden && arguments.verb != "export")
        refuse({"--seed belongs to --hidden: visible tests never use a seed.",
                "--seed 要和 --hidden 一起用：公开的测试从不用种子。"});
}

}  // namespace

Language language_asked_for(int argc, char** argv) {
    Language language = language_of_environment();
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const bool joined = word.starts_with("--lang=");
        if (joined || std::string_view(argv[i - 1]) == "--lang")
            language = language_of_code(joined ? word.substr(7) : word).value_or(language);
    }
    return language;
}

Arguments parse_arguments(int argc, char** argv) {
    Arguments arguments;
    const Language language = arguments.language = language_asked_for(argc, argv);
    CLI::App app(say({"qkv: understand attention, the Transformer and external memory by writing them.",
                      "qkv：把注意力、Transformer 和外部记忆亲手写一遍，弄懂它们。"},
                     language),
                 "./grade");
    app.formatter(std::make_shared<HelpFormatter>(language));
    app.option_defaults()->group(say({"Options", "选项"}, language));
    app.set_help_flag(
        "-h,--help",
        say({"this text; after a verb, its options", "显示这段文字；写在命令后面，则显示该命令的选项"}, language));
    app.set_version_flag("--version", "qkv " QKV_VERSION, say({"the version", "显示版本"}, language));
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--root", arguments.root)->required()->group("");
    app.add_option("--toolchain", arguments.toolchain)->required()->group("");
    std::vector<std::string> codes;
    for (const LanguageEntry& entry : languages) codes.emplace_back(entry.code);
    std::string code;  // known already
    app.add_option("--lang", code, say({"the locale decides otherwise", "不写则由系统的语言决定"}, language))
        ->check(CLI::IsMember(codes))
        ->option_text(CLI::detail::join(codes, "|"));
    for (const Verb& verb : verbs()) add(app, verb, arguments);
    auto words = with_verb(argc, argv);
    const Verb* typed = verb_in(words);
    const auto typed_words = words;
    try {
        std::ranges::reverse(words);  // as CLI11 wants them
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        arguments.finished = chosen.empty() ? app.help() : chosen.front()->help();
    } catch (const CLI::CallForVersion& version) {
        arguments.finished = std::string(version.what()) + "\n";
    } catch (const CLI::ParseError& error) {
        refuse_error(error, typed_words, typed, language);
    }
    if (arguments.jobs == 0) arguments.jobs = std::max(1U, std::thread::hardware_concurrency());
    refuse_mistyped_verb(arguments);
    refuse_contradictions(arguments);
    return arguments;
}

}  // namespace qkv::grader
