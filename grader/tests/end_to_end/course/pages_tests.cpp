// What people read and what editors read: two languages that agree, pictures that are true, links that
// lead somewhere, columns that line up, files that parse.
#include <algorithm>
#include <regex>
#include <set>
#include <sstream>

#include <unistd.h>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "base/text.hpp"
#include "build/worker.hpp"
#include "grader.hpp"
#include "harness/catch2.hpp"
#include "model/catalog.hpp"
#include "pages/pages.hpp"

using namespace qkv::grader;
using namespace qkv::tests;

namespace fs = std::filesystem;

namespace {

const fs::path root = real_kit().root;

/// The pages of the kit, but not those of builds and of learners.
std::vector<fs::path> pages() {
    std::vector<fs::path> found;
    for (const char* folder : {".", "docs", "exercises", "grader/templates"}) {
        const auto add = [&](const fs::directory_entry& entry) {
            if (entry.path().extension() == ".md") found.push_back(entry.path().lexically_normal());
        };
        if (std::string(folder) == ".")
            std::ranges::for_each(fs::directory_iterator(root), add);
        else
            std::ranges::for_each(fs::recursive_directory_iterator(root / folder), add);
    }
    return found;
}

bool is_chinese(const fs::path& page) { return page.native().ends_with(".zh.md"); }

fs::path english_of(const fs::path& page) { return fs::path(page).replace_extension().replace_extension(".md"); }

std::vector<std::string> lines(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> all;
    for (std::string line; std::getline(stream, line);) all.push_back(line);
    return all;
}

std::string without_spaces(std::string text) {
    std::erase_if(text, [](char byte) { return byte == ' ' || byte == '\n'; });
    return text;
}

nlohmann::json json_file(const std::string& name) {
    INFO(name);
    auto json = nlohmann::json::parse(read_text(root / name), nullptr, false);
    REQUIRE_FALSE(json.is_discarded());
    return json;
}

/// The columns in which the slashes of points stand.
std::set<std::size_t> columns_of_points(const std::string& text) {
    static const std::regex points(R"((\d+|-) / \d+ )");
    std::set<std::size_t> columns;
    for (const std::string& line : lines(text)) {
        std::smatch found;
        if (std::regex_search(line, found, points))
            columns.insert(width(line.substr(0, line.find('/', static_cast<std::size_t>(found.position())))));
    }
    return columns;
}

std::size_t lines_with_points(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        lines(text), [](const std::string& line) { return line.find(" / ") != std::string::npos; }));
}

}  // namespace

TEST_CASE("pages that exist in two languages hold the same, and lead to one another") {
    std::set<std::string> seen;
    for (const fs::path& page : pages()) {
        if (!is_chinese(page)) continue;
        const fs::path english = english_of(page);
        INFO(page.string());
        REQUIRE(fs::exists(english));
        seen.insert(english.lexically_relative(root).string());
        const std::string text = read_text(page), english_text = read_text(english);
        for (const PageDifference& difference : differences_of_twins(english_text, text))
            FAIL_CHECK(page.string() << ":" << difference.line << ": " << difference.sentence);
        if (page.native().find("/templates/") != std::string::npos) continue;
        CHECK(text.find("[English](" + english.filename().string() + ")") < 400);
        CHECK(english_text.find("[中文](" + page.filename().string() + ")") < 400);
    }
    for (const char* name : {"README.md", "docs/setup.md", "docs/course.md", "docs/pytorch-to-eigen.md"})
        CHECK(seen.contains(name));
    for (const Exercise& exercise : load_catalog(root)) CHECK(seen.contains("exercises/" + exercise.id + "/README.md"));
}

TEST_CASE("the links of the pages lead somewhere") {
    static const std::regex link(R"(\]\(([^)#: ]+)(#[^)]*)?\)|^\[\w+\]: ([^ :]+)$)");
    std::size_t checked = 0;
    for (const fs::path& page : pages()) {
        if (page.native().find("/templates/") != std::string::npos) continue;
        for (const std::string& line : lines(read_text(page))) {
            for (auto found = std::sregex_iterator(line.begin(), line.end(), link); found != std::sregex_iterator();
                 ++found, ++checked) {
                const std::string target = (*found)[1].matched ? (*found)[1] : (*found)[3];
                INFO(page.string() << ": " << target);
                CHECK(fs::exists(page.parent_path() / target));
            }
        }
    }
    CHECK(checked > 50);
}

TEST_CASE("the README's picture of a session is what the grader says, in both languages") {
    const Scratch scratch;
    scratch.write("attention.cpp",
                  with(read_text(root / "solutions/attention/attention.cpp"),
                       "std::sqrt(static_cast<Scalar>(key.cols()))", "static_cast<Scalar>(key.cols())"));
    for (const auto& [page, language] : {std::pair{"README.md", "en"}, {"README.zh.md", "zh"}}) {
        const std::string text = read_text(root / page);
        const std::size_t begin = text.find('\n', text.find("```\n$ ./grade attention")) + 1;
        const std::size_t picture = text.find('\n', begin), end = text.find("```", picture);
        Said said = grader({"run", "--submission", scratch.path.string(), "attention", "--lang", language});
        // The README's is one's own file: no option, and a line about hints, which submissions do without.
        said.text = with(said.text, " --submission " + scratch.path.string(), "");
        const std::string hint = language == std::string("en")
                                     ? "    a hint: ./grade hint attention scaled_dot_product\n"
                                     : "    提示：./grade hint attention scaled_dot_product\n";
        const std::string shown = with(text.substr(picture, end - picture), hint, "");
        INFO(page << "\n" << said.text);
        // Long lines are broken in the picture, and a note about missing walls may stand below.
        CHECK(without_spaces(said.text).find(without_spaces(shown)) != std::string::npos);
    }
}

TEST_CASE("columns line up, Chinese titles and all") {
    const Scratch nothing;
    const auto check = [](const std::vector<std::string>& arguments, std::size_t least) {
        for (const char* language : {"en", "zh"}) {
            auto all = arguments;
            all.insert(all.end(), {"--lang", language});
            const Said said = grader(all);
            INFO(said.text);
            CHECK(lines_with_points(said.text) >= least);
            CHECK(columns_of_points(said.text.substr(0, said.text.find(" · "))).size() == 1);
        }
    };
    check({"list"}, 8);
    check({"run", "--submission", nothing.path.string()}, 9);
    for (const char* language : {"en", "zh"}) {
        for (const std::string& line : lines(grader({"list", "--lang", language}).text)) CHECK(width(line) <= 80);
    }
}

TEST_CASE("the files of editors parse, and speak of things that are there") {
    const auto task = json_file(".vscode/tasks.json").at("tasks").at(0);
    CHECK(task.at("group").at("isDefault") == true);
    CHECK(task.at("args").at(0) == "${fileDirnameBasename}");
    CHECK(json_file(".vscode/settings.json").at("cmake.ctest.testSuiteDelimiter") == "/");
    CHECK_FALSE(json_file(".vscode/extensions.json").at("recommendations").empty());
    CHECK(json_file("CMakePresets.json").at("testPresets").at(0).at("name") == "exercises");
    const std::string set_up = json_file(".devcontainer/devcontainer.json").at("postCreateCommand");
    CHECK(access((root / set_up).c_str(), X_OK) == 0);

    const Scratch scratch;
    scratch.write("attention.cpp",
                  with(read_text(root / "exercises/attention/stub.cpp"), "qkv::todo();", "return scores + 1;"));
    const Said said = grader({"run", "--submission", scratch.path.string(), "attention"});
    const std::regex matcher(task.at("problemMatcher").at("pattern").at("regexp").get<std::string>());
    std::vector<std::string> found;
    for (const std::string& line : lines(said.text)) {
        std::smatch match;
        if (std::regex_match(line, match, matcher)) found.push_back(match[1].str() + " " + match[4].str());
    }
    INFO(said.text);
    CHECK(found == std::vector<std::string>{(scratch.path / "attention.cpp").string() + " error"});
}

TEST_CASE("an editor's language server understands the stubs before anything is built") {
    Command command;
    command.folder = root.string();
    command.arguments = lines(read_text(root / "compile_flags.txt"));
    command.arguments.insert(command.arguments.begin(), {find_compiler("clang++"), "-fsyntax-only", "-Werror"});
    command.arguments.push_back("exercises/transformer/stub.cpp");
    const Ended ended = qkv::grader::run(command);
    INFO(ended.output);
    CHECK(ended.exit_code == 0);
    for (const Exercise& exercise : load_catalog(root)) {
        for (const std::string& need : exercise.needs) {
            INFO("compile_flags.txt needs -Iexercises/" << need << ", since " << exercise.id << " includes its header");
            CHECK(std::ranges::find(command.arguments, "-Iexercises/" + need) != command.arguments.end());
        }
    }
}

TEST_CASE("every part of every exercise is a CTest test of that name") {
    Command command;
    command.arguments = {find_compiler("ctest"), "--test-dir", QKV_BUILD, "-N", "-L", "^exercises$"};
    const Ended ended = qkv::grader::run(command);
    INFO(ended.output);
    CHECK(ended.exit_code == 0);
    std::set<std::string> listed, parts;
    for (const std::string& line : lines(ended.output)) {
        const std::size_t name = line.find(": ");
        if (line.find("Test ") < 4 && name != std::string::npos) listed.insert(line.substr(name + 2));
    }
    for (const Exercise& exercise : load_catalog(root)) {
        for (const Part& part : exercise.parts) parts.insert(exercise.id + "/" + part.id);
    }
    CHECK(listed == parts);
}
