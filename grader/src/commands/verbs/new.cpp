// ./grade new ID: for instructors, a complete exercise around one small function. Two new folders;
// nothing else in the repository changes.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"
#include "commands/commands.hpp"
#include "record/safetensors.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

using Words = std::map<std::string, std::string>;

/// What the option says; else what a person answers; else `otherwise`.
std::string asked(const std::string& given, const std::string& question, const std::string& otherwise) {
    if (!given.empty() || isatty(STDIN_FILENO) == 0) return given.empty() ? otherwise : given;
    fmt::print("{} [{}]: ", question, otherwise);
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer.empty() ? otherwise : answer;
}

/// "linear_attention" to "Linear attention".
std::string title_of(std::string id) {
    std::ranges::replace(id, '_', ' ');
    id[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(id[0])));
    return id;
}

/// "a, b" to "a", "b" within quotes.
std::string quoted_list(std::string commas) {
    std::erase(commas, ' ');
    std::vector<std::string> quoted;
    std::istringstream words(commas);
    for (std::string word; std::getline(words, word, ',');) {
        if (!word.empty()) quoted.push_back('"' + word + '"');
    }
    return fmt::format("{}", fmt::join(quoted, ", "));
}

std::string filled_in(std::string text, const Words& words) {
    for (const auto& [name, word] : words) {
        const std::string mark = "@" + name + "@";
        for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += word.size())
            text.replace(at, mark.size(), word);
    }
    return text;
}

void write_from_templates(const fs::path& templates, const fs::path& folder, const Words& words) {
    fs::create_directories(folder);
    for (const auto& entry : fs::directory_iterator(templates))
        write_file(folder / filled_in(entry.path().filename().string(), words),
                   filled_in(read_file(entry.path()), words));
}

/// What golden.py of the template computes; each mean is exact.
record::Tensors golden_of_template() {
    return {{"input", {{3, 4}, {1, 2, 6, -1, 0.5, -0.25, 8, 3.75, 2, 2, 2, 6}, ""}},
            {"centered", {{3, 4}, {-1, 0, 4, -3, -2.5, -3.25, 5, 0.75, -1, -1, -1, 3}, ""}}};
}

Words words_for(const Kit& kit, const Arguments& arguments) {
    const std::string& id = arguments.ids.front();
    if (!std::regex_match(id, std::regex("[a-z][a-z0-9_]*")))
        throw Failure(wrong_usage, said({"\"{}\" is no id: it must be snake_case, for example linear_attention",
                                         "“{}”不能作 ID：要用 snake_case，例如 linear_attention"},
                                        clean(id, 80)));
    for (const char* folder : {"exercises", "solutions"}) {
        const fs::path place = kit.root / folder / id;
        if (fs::exists(place)) throw Failure(wrong_usage, said({"{} is there already", "{} 已经有了"}, place.string()));
    }
    Words words = {{"ID", id}, {"ID_UPPER", id}};
    for (char& letter : words["ID_UPPER"]) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    const auto question = [&](const Text& text) { return text.in(arguments.language); };
    words["TITLE_EN"] = asked(arguments.title_en, question({"Title in English", "英文标题"}), title_of(id));
    words["TITLE_ZH"] =
        asked(arguments.title_zh, question({"Title in Chinese", "中文标题"}), "练习：" + words["TITLE_EN"]);
    words["TRACK"] =
        asked(arguments.track,
              question({"Track (basic, advanced, challenge, extension, practice)",
                        "路线（basic 基础、advanced 进阶、challenge 挑战、extension 扩展、practice 实战）"}),
              "basic");
    words["STARS"] = asked(arguments.stars, question({"Stars (1 to 5)", "难度（1 到 5）"}), "3");
    words["NEEDS"] = quoted_list(asked(
        arguments.needs, question({"Exercises it needs, with commas", "它要调用哪些练习的函数，用逗号隔开"}), ""));
    for (const char* key : {"TITLE_EN", "TITLE_ZH"}) {
        if (words[key].find_first_of("\"\\\n") != std::string::npos)
            throw Failure(wrong_usage, Text{"a title holds no quotes, backslashes or line breaks",
                                            "标题里不能有引号、反斜杠和换行"});
    }
    return words;
}

}  // namespace

int new_command(const Kit& kit, const Arguments& arguments) {
    const fs::path templates = fs::path(kit.toolchain.source) / "grader" / "templates";
    if (!fs::is_directory(templates))
        throw Failure(wrong_usage,
                      Text{"new writes exercises with their solutions, and this copy of the kit is without",
                           "new 会连同解答一起生成练习，这一份不含解答，没有这个功能"});
    const Words words = words_for(kit, arguments);
    const std::string& id = words.at("ID");
    const fs::path exercise = kit.root / "exercises" / id, solution = kit.root / "solutions" / id;
    write_from_templates(templates / "exercise", exercise, words);
    write_from_templates(templates / "solution", solution, words);
    fs::create_directories(exercise / "golden");
    record::write_safetensors(exercise / "golden" / "golden.safetensors", golden_of_template());

    // A bad answer (a track that does not exist, say) is found by loading what was written.
    Kit now = kit;
    try {
        now.catalog = load_catalog(kit.root);
    } catch (const Failure& failure) {
        fs::remove_all(exercise);
        fs::remove_all(solution);
        throw Failure(wrong_usage, failure.words);
    }
    Arguments recording = arguments;
    recording.record = true;
    const int status = find_verb("verify")->run(now, recording);
    fmt::print("{}", say({"\nWritten: {0} and {1}\n"
                          "Next: put your own function in the place of center_rows, then ./grade verify --record {2}\n",
                          "\n已写好：{0} 和 {1}\n"
                          "接下来：把 center_rows 换成你自己的函数，再运行 ./grade verify --record {2}\n"},
                         arguments.language, exercise.string(), solution.string(), id));
    return status;
}

}  // namespace qkv::grader
