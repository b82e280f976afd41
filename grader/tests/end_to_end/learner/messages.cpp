#include "messages.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/failure.hpp"
#include "base/process.hpp"
#include "grader.hpp"
#include "model/catalog.hpp"
#include "model/mutants.hpp"

namespace qkv::tests {

namespace fs = std::filesystem;

namespace {

Text text_of(const toml::table& table, const char* key) {
    return {table[key]["en"].value_or(std::string()), table[key]["zh"].value_or(std::string())};
}

std::vector<std::string> words_of(const toml::table& table, const char* key) {
    std::vector<std::string> words;
    if (const toml::array* array = table[key].as_array()) {
        for (const auto& word : *array) words.push_back(word.value_or(std::string()));
    }
    return words;
}

std::string lines_with(const std::string& mark, const std::string& text) {
    std::istringstream stream(text);
    std::string result;
    for (std::string line; std::getline(stream, line);) {
        if (line.find_first_not_of(' ') != std::string::npos) result += mark + line + "\n";
    }
    return result;
}

void replace(Kind& kind, const std::string& find, const std::string& replacement) {
    kind.source = with(kind.source, find, replacement);
    kind.change += lines_with("- ", find) + lines_with("+ ", replacement);
}

void replace_by_mutant(Kind& kind, const std::string& id) {
    for (const Exercise& exercise : load_catalog(QKV_ROOT)) {
        if (exercise.id != kind.exercise) continue;
        for (const Mutant& mutant : load_mutants(exercise)) {
            if (mutant.id == id) return replace(kind, mutant.find, mutant.replace);
        }
    }
    throw std::runtime_error("no mutant " + id + " of " + kind.exercise);
}

void insert(Kind& kind, const std::string& function, const std::string& line) {
    // Its definition begins at the beginning of a line, a call does not.
    std::size_t name = kind.source.find(" " + function + "(");
    while (name != std::string::npos && kind.source[kind.source.rfind('\n', name) + 1] == ' ')
        name = kind.source.find(" " + function + "(", name + 1);
    const std::size_t body = kind.source.find("{\n", name);
    if (name == std::string::npos || body == std::string::npos) throw std::runtime_error("no function " + function);
    kind.source.insert(body + 2, "    " + line + "\n");
    const std::size_t begin = kind.source.rfind('\n', name) + 1;
    kind.change += lines_with("  ", kind.source.substr(begin, body + 1 - begin)) + lines_with("+ ", "    " + line);
}

Kind kind_from(const toml::table& table, const toml::table& group) {
    const auto text = [&](const char* key) { return table[key].value_or(std::string()); };
    Kind kind;
    kind.group = text_of(group, "title");
    kind.id = text("id");
    kind.title = text_of(table, "title");
    kind.exercise = table["exercise"].value_or(std::string("attention"));
    kind.file = text("file");
    kind.whole = table["whole"].value_or(false);
    const bool stub = text("base") == "stub";
    kind.source = read_text(fs::path(QKV_ROOT) / (stub ? "exercises" : "solutions") / kind.exercise /
                            (stub ? "stub.cpp" : kind.exercise + ".cpp"));
    if (table.contains("front")) {
        kind.source = text("front") + kind.source;
        kind.change += lines_with("+ ", text("front"));
    }
    if (table.contains("mutant")) replace_by_mutant(kind, text("mutant"));
    if (table.contains("find")) replace(kind, text("find"), text("replace"));
    if (table.contains("line")) {
        const std::string of_group = group["in"].value_or(std::string());
        insert(kind, table["in"].value_or(of_group.empty() ? std::string("softmax_rows") : of_group), text("line"));
    }
    kind.arguments = words_of(table, "arguments");
    kind.typed = words_of(table, "typed");
    kind.compiler = text("compiler");
    if (!kind.typed.empty()) kind.change = fmt::format("$ ./grade {}\n", fmt::join(kind.typed, " "));
    if (!kind.compiler.empty()) kind.change = "# in the compiler's place\n" + kind.compiler + "\n";
    kind.status = !kind.typed.empty() ? wrong_usage : !kind.compiler.empty() ? kit_fault : 1;
    return kind;
}

/// The learner's file, or what stands in its place.
void put(const Kind& kind, const fs::path& path) {
    fs::remove(path);
    if (kind.file == "none") return;
    if (kind.file == "folder") {
        fs::create_directory(path);
        return;
    }
    std::string text = kind.source;
    if (kind.file == "large") text += std::string(std::size_t{2} << 20, '/');
    if (kind.file == "utf16") {
        std::string bytes = "\xff\xfe";
        for (const char byte : text) bytes += {byte, '\0'};
        text = bytes;
    }
    std::ofstream(path, std::ios::binary) << text;
}

/// A kit in which a learner has written this one file. Its tests are those that are already built.
TestKit kit_of(const Kind& kind, const Scratch& scratch) {
    for (const Exercise& exercise : with_needs(load_catalog(QKV_ROOT), {kind.exercise})) {
        const fs::path folder = scratch.path / "exercises" / exercise.id;
        fs::create_directories(folder);
        for (const auto& entry : fs::directory_iterator(exercise.folder)) {
            const fs::path goal = folder / entry.path().filename();
            if (entry.is_regular_file()) fs::copy_file(entry.path(), goal);
            if (entry.is_directory()) fs::create_directory_symlink(entry.path(), goal);
        }
    }
    fs::create_directory_symlink(fs::path(QKV_ROOT) / "solutions", scratch.path / "solutions");
    put(kind, scratch.path / "exercises" / kind.exercise / (kind.exercise + ".cpp"));
    return {scratch.path.string(), real_kit().toolchain};
}

/// What the grader said, if it ended as it should.
std::string ended_with(const Kind& kind, const Ended& ended) {
    if (ended.exit_code != kind.status)
        throw std::runtime_error(fmt::format("{}: exit status {}: {}", kind.id, ended.exit_code, ended.output));
    return ended.output;
}

/// What a learner reads who typed something that cannot be.
std::string complaint(const Kind& kind, const TestKit& kit, const std::string& language) {
    Command command;
    command.arguments = {QKV_GRADER, "--root", kit.root, "--toolchain", kit.toolchain, "--lang", language};
    command.arguments.insert(command.arguments.end(), kind.typed.begin(), kind.typed.end());
    command.folder = kit.root;
    command.environment = {{"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};
    command.seconds = 600;
    return ended_with(kind, run(command));
}

/// A compiler that does this instead of compiling.
std::string sick_compiler(const std::string& does, const fs::path& folder) {
    std::string path = (folder / "compiler").string();
    std::ofstream(path) << "#!/bin/sh\n" << does << "\n";
    chmod(path.c_str(), 0755);
    return path;
}

std::string report(const Kind& kind, const TestKit& kit, const std::string& language,
                   const std::vector<std::string>& more_arguments) {
    Command command;
    const fs::path file = fs::path(kit.root) / "report.txt";
    command.arguments = {QKV_GRADER, "--root", kit.root, "--toolchain", kit.toolchain, "run"};
    if (!kind.compiler.empty())
        command.arguments.insert(command.arguments.end(), {"--compiler", sick_compiler(kind.compiler, kit.root)});
    // As --submission: a grading of one's own stubs leaves settings for tests run by hand.
    for (const std::string& argument : {std::string("--lang"), language, std::string("--submission"),
                                        kit.root + "/exercises", std::string("--output"), file.string()})
        command.arguments.push_back(argument);
    const bool part = std::ranges::find(kind.arguments, "--part") != kind.arguments.end();
    if (!part) command.arguments.push_back(kind.exercise);
    for (const auto* more : {&kind.arguments, &more_arguments})
        command.arguments.insert(command.arguments.end(), more->begin(), more->end());
    command.environment = {{"LC_ALL", "C.UTF-8"}, {"NO_COLOR", "1"}};
    command.folder = kit.root;
    command.seconds = 600;
    std::string said = ended_with(kind, run(command));
    if (kind.status != 1) return said;
    std::string text = read_text(file);
    if (!kind.whole) text.erase(0, std::min(text.find("\n  " + kind.exercise + " · "), text.size()));
    while (text.ends_with('\n')) text.pop_back();
    return text.substr(std::min(text.find_first_not_of('\n'), text.size())) + "\n";
}

}  // namespace

std::vector<Kind> load_kinds() {
    std::vector<Kind> kinds;
    const auto document = toml::parse(read_text(QKV_TEST_DATA "/messages/kinds.toml"));
    for (const auto& group : *document["group"].as_array()) {
        for (const auto& kind : *group.as_table()->get("kind")->as_array())
            kinds.push_back(kind_from(*kind.as_table(), *group.as_table()));
    }
    return kinds;
}

Shown show(const Kind& kind, const std::vector<std::string>& arguments) {
    const Scratch scratch;
    const TestKit kit = kit_of(kind, scratch);
    Shown shown;
    const auto said = [&](const char* language) {
        return kind.typed.empty() ? report(kind, kit, language, arguments) : complaint(kind, kit, language);
    };
    shown.en = said("en");
    shown.zh = said("zh");
    shown.compiler =
        shown.en.find(" · does not compile\n") != std::string::npos && kind.file != "folder" && kind.file != "large";
    return shown;
}

std::string section(const Kind& kind, const Shown& shown) {
    std::string text = fmt::format("### {} · {}\n\n", kind.title.en, kind.title.zh);
    const char* form = kind.status == 1 ? "diff" : "sh";
    if (!kind.change.empty()) text += fmt::format("```{}\n{}```\n\n", form, kind.change);
    return text + "```text\n" + shown.en + "```\n\n```text\n" + shown.zh + "```\n";
}

std::string group_heading(const Kind& kind) { return fmt::format("## {} · {}\n", kind.group.en, kind.group.zh); }

std::string page_header() {
    return R"(# Messages · 消息

What a learner reads first, for each kind of failure, in both languages. Generated from real runs: each section is one
change of a solution (shown as a diff), graded, and what stands under the list of parts; or a mistyped command, or what a
compiler does on a machine that is unwell, and what is said of it. Nothing here is written by hand. The kinds stand in
`grader/tests/data/messages/kinds.toml`. After a change of the words, rewrite the page with
`QKV_WRITE_MESSAGES=1 ctest --test-dir build/dev -R messages` and read it.

每一种失败，学习者首先看到什么，中英文对照。本页由真实运行生成：每一节是对参考答案的一处修改（以 diff 表示）和
评分后列表下方的内容；也有写错的命令，以及机器出故障时编译器的表现。没有一处是手写的。
)";
}

}  // namespace qkv::tests
