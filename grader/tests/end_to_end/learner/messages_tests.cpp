// docs/messages.md is what learners really read; and every message keeps to the same few laws.
// Compilers of other versions use other words: sections with a compiler's words are compared under clang 14 only.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include "qkv/matrix.hpp"

#include "base/process.hpp"
#include "grader.hpp"
#include "grading/grade.hpp"
#include "harness/catch2.hpp"
#include "messages.hpp"
#include "model/toolchain.hpp"

using namespace qkv::tests;

namespace {

const std::string page_path = QKV_ROOT "/docs/messages.md";

bool is_set(const char* name) { return std::getenv(name) != nullptr; }

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

bool is_heading(const Kind& kind, const std::string& line) { return line.starts_with("  " + kind.exercise + " · "); }
bool is_more(const std::string& line) { return line.starts_with("    more:") || line.starts_with("    更多："); }
/// What the learner's code printed begins with a label; then come bars, and how much more there is.
bool is_printed(const std::string& line, bool so_far) {
    static const std::regex first("^ +(your code printed: |你的代码输出：)");
    static const std::regex other(R"(^ +(\| |… \d+ more lines: |……还有 \d+ 行：))");
    return std::regex_search(line, first) || (so_far && std::regex_search(line, other));
}

/// Lines between the heading and the one that says where there is more, without what the learner's code printed.
int lines_before_more(const Kind& kind, const std::string& text) {
    int count = 0;
    bool under_heading = false, printed = false;
    for (const std::string& line : lines_of(text)) {
        if (line.empty()) under_heading = false;
        printed = is_printed(line, printed);
        if (under_heading && !is_more(line) && !printed) ++count;
        if (is_heading(kind, line)) under_heading = true;
    }
    return count;
}

bool is_chinese(const std::string& text, std::size_t at) {
    return at + 2 < text.size() && static_cast<unsigned char>(text[at]) >= 0xe4 &&
           static_cast<unsigned char>(text[at]) <= 0xe9;
}

bool has_chinese(const std::string& line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (is_chinese(line, i)) return true;
    }
    return false;
}

/// A half-width mark that touches a Chinese character.
bool has_half_width_marks(const std::string& line) {
    constexpr std::string_view marks = ",;:!?";
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (is_chinese(line, i) && i + 3 < line.size() && marks.find(line[i + 3]) != std::string_view::npos)
            return true;
        if (marks.find(line[i]) != std::string_view::npos && is_chinese(line, i + 1)) return true;
    }
    return false;
}

/// Words of a sentence in English that are neither the learner's own nor a command.
std::string english_in(const std::string& line, const Kind& kind) {
    static const std::regex sentence("[A-Za-z]+( [a-z]+){3,}");
    std::smatch found;
    if (line.find("./grade") != std::string::npos || !std::regex_search(line, found, sentence)) return "";
    return kind.source.find(found[0]) == std::string::npos ? found[0].str() : "";
}

void check_line(const std::string& line, std::size_t most) {
    static const std::regex path(R"((^|[ '"(])/[a-z]+/)"), address("0x[0-9a-f]{4,}");
    INFO(line);
    CHECK(qkv::grader::width(line) <= most);
    CHECK_FALSE(std::regex_search(line, path));
    CHECK_FALSE(std::regex_search(line, address));
    CHECK(qkv::grader::clean(line) == line);
}

/// What stands before the commands is not cut in the middle of a sentence.
void check_ends(const std::string& text) {
    std::string before;
    for (const std::string& line : lines_of(text)) {
        const bool command = line.find("./grade hint ") != std::string::npos && !before.empty();
        INFO(before);
        if (command) CHECK_FALSE((before.ends_with(':') || before.ends_with("：") || before.ends_with(',')));
        before = line;
    }
}

/// All of them should be six, and nearly all are.
void check_most_are_short(const std::vector<Kind>& kinds, const std::vector<Shown>& shown) {
    int longer = 0;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const bool all_of_it = std::ranges::find(kinds[i].arguments, "--part") != kinds[i].arguments.end();
        for (const std::string& text : {shown[i].en, shown[i].zh})
            longer += !all_of_it && lines_before_more(kinds[i], text) > 6 ? 1 : 0;
    }
    INFO(longer << " of " << 2 * kinds.size());
    CHECK(longer <= static_cast<int>(kinds.size()) / 10 + 1);
}

void check_laws(const Kind& kind, const Shown& shown) {
    for (const std::string& text : {shown.en, shown.zh}) {
        INFO(text);
        const bool all_of_it = std::ranges::find(kind.arguments, "--part") != kind.arguments.end();
        // What is no report is one sentence, and the terminal breaks it.
        const bool is_report = kind.status == 1;
        if (is_report && !all_of_it) CHECK(lines_before_more(kind, text) <= 10);
        check_ends(text);
        CHECK((is_report ? lines_before_more(kind, text) >= 2 : lines_of(text).size() == 1));
        const std::vector<std::string> next_steps = {
            "./grade ",   kind.exercise + ".cpp:", "cp exercises/", "try again",
            "请稍后再试", "did you mean",          "你要的是不是"};
        CHECK(std::ranges::any_of(next_steps, [&](const auto& step) { return text.find(step) != std::string::npos; }));
        for (const std::string& line : lines_of(text))
            check_line(line, is_report && line.find(" error: ") == std::string::npos ? 100 : 204);
    }
    CHECK(shown.en != shown.zh);
    CHECK(lines_of(shown.en).size() + 2 >= lines_of(shown.zh).size());
    for (const std::string& line : lines_of(shown.zh)) {
        INFO(line);
        CHECK_FALSE(has_half_width_marks(line));
        if (kind.compiler.empty() && (!shown.compiler || has_chinese(line))) CHECK(english_in(line, kind).empty());
    }
    if (!shown.compiler) return;
    // The place first, the compiler's words, and a sentence of ours about them.
    const auto lines = lines_of(shown.en);
    CHECK(lines.at(1).starts_with("    exercises/" + kind.exercise + "/" + kind.exercise + ".cpp:"));
    CHECK(shown.zh.find("。") != std::string::npos);
    CHECK(shown.en.find("Eigen::internal") == std::string::npos);
}

bool same_words_of_compiler() {
    return qkv::grader::load_toolchain(real_kit().toolchain).clang_version.starts_with("14.");
}

std::vector<Shown> show_all(const std::vector<Kind>& kinds, const std::vector<std::string>& arguments = {}) {
    std::vector<Shown> shown(kinds.size());
    qkv::grader::in_parallel(kinds.size(), std::max(1U, std::thread::hardware_concurrency()),
                             [&](std::size_t i) { shown[i] = show(kinds[i], arguments); });
    return shown;
}

void write_page(const std::vector<Kind>& kinds, const std::vector<Shown>& shown) {
    std::string page = page_header(), group;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (group != kinds[i].group.en) page += "\n" + group_heading(kinds[i]);
        group = kinds[i].group.en;
        page += "\n" + section(kinds[i], shown[i]);
    }
    std::ofstream(page_path, std::ios::binary) << page;
}

}  // namespace

TEST_CASE("the page shows what learners read, and each message keeps to the laws") {
    std::vector<Kind> kinds = load_kinds();
    const bool write = is_set("QKV_WRITE_MESSAGES");
    const std::string before = read_text(page_path);
    std::size_t at = 0;
    for (const Kind& kind : kinds) {
        if (write) break;
        INFO(kind.id);
        at = before.find("\n### " + kind.title.en + " · " + kind.title.zh + "\n", at);
        REQUIRE(at != std::string::npos);
    }
    // ./check tries a few, ./check --all every one.
    if (!write && !is_set("QKV_ALL_MISTAKES")) {
        std::vector<Kind> few;
        for (std::size_t i = 0; i < kinds.size(); i += 6) few.push_back(kinds[i]);
        kinds = few;
    }
    const auto shown = show_all(kinds);
    if (write) write_page(kinds, shown);
    check_most_are_short(kinds, shown);
    const std::string page = read_text(page_path);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        INFO(kinds[i].id);
        check_laws(kinds[i], shown[i]);
        if (shown[i].compiler && !same_words_of_compiler()) continue;
        INFO("rewrite the page with: QKV_WRITE_MESSAGES=1 ctest --test-dir build/dev -R messages");
        CHECK(page.find("\n" + section(kinds[i], shown[i])) != std::string::npos);
    }
}

TEST_CASE("what g++ says is explained too") {
    std::vector<Kind> kinds = load_kinds();
    std::erase_if(kinds, [](const Kind& kind) {
        static const std::vector<std::string> few = {"plus_number", "const_row", "brackets", "semicolon"};
        return is_set("QKV_ALL_MISTAKES") ? kind.group.en.find("compile") == std::string::npos || kind.id == "no_body"
                                          : std::ranges::find(few, kind.id) == few.end();
    });
    if (!is_set("QKV_ALL_MISTAKES")) kinds.resize(1);
    const auto shown = show_all(kinds, {"--compiler", "g++"});
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        INFO(kinds[i].id);
        check_laws(kinds[i], shown[i]);
    }
}
