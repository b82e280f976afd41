// The picture that watch shows, and the keys it takes.
#include <algorithm>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "watch/view.hpp"

using namespace qkv::grader;

namespace {

Exercise counting() {
    Exercise exercise;
    exercise.id = "counting";
    for (const char* id : {"count", "count_all"}) {
        Part part;
        part.id = id;
        part.title = {"a title", "标题"};
        exercise.parts.push_back(part);
    }
    return exercise;
}

bool shows(const std::vector<std::string>& lines, const std::string& words) {
    return std::ranges::any_of(lines, [&](const auto& line) { return line.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("a long line is broken between words, and its indent kept") {
    const auto lines = wrapped("    one two three four\n\nend", 14);
    CHECK(lines == std::vector<std::string>{"    one two ", "    three four", "", "end"});
    CHECK(wrapped("  abcdefghijklmnop", 10) == std::vector<std::string>{"  abcdefgh", "  ijklmnop"});
    CHECK(wrapped("一二三四五六七八九", 8) == std::vector<std::string>{"一二三四", "五六七八", "九"});
}

TEST_CASE("colours take no columns and do not leak into other lines") {
    const auto lines = wrapped("\x1b[1mone two three\x1b[0m four", 9);
    CHECK(lines == std::vector<std::string>{"\x1b[1mone two \x1b[0m", "\x1b[1mthree\x1b[0m ", "four"});
}

TEST_CASE("keys are what was typed, arrows scroll, other sequences are left out") {
    CHECK(keys_of("h\x1b[Cc\x1b[1;5Aq\x1bOP") == "hcq");
    CHECK(keys_of("\x1b[A\x1b[B\x1bOB\x1b[5~\x1b[6~") ==
          std::string{key_up, key_down, key_down, key_page_up, key_page_down});
    CHECK(keys_of("\x1b") == "\x1b");
    CHECK(keys_of("hh") == "hh");
}

TEST_CASE("the picture fits every terminal, with the keys in the last line") {
    const Exercise exercise = counting();
    WatchView view;
    view.exercise = &exercise;
    view.path = "exercises/counting/counting.cpp";
    for (int i = 0; i < 60; ++i) view.report += "  a line of a long report, with words enough to be broken: 汉字\n";
    for (const std::size_t rows : {1U, 2U, 5U, 24U, 100U}) {
        for (const std::size_t columns : {8U, 20U, 80U, 200U}) {
            for (const Language language : {Language::en, Language::zh}) {
                const auto lines = picture(view, {rows, columns}, language, false);
                CHECK(lines.size() == rows);
                CHECK(std::ranges::all_of(lines, [&](const auto& line) { return width(line) <= columns; }));
            }
        }
    }
    const auto lines = picture(view, {24, 120}, Language::en, false);
    CHECK(lines.back().find("g 中文  r again  q quit") != std::string::npos);
    CHECK(picture(view, {24, 120}, Language::zh, false).back().find("g English  r 重新评分") != std::string::npos);
    CHECK(lines[22].find("↓ 40 more lines") != std::string::npos);
}

TEST_CASE("what does not fit is scrolled, and never past its end") {
    const Exercise exercise = counting();
    WatchView view;
    view.exercise = &exercise;
    for (int i = 0; i < 30; ++i) view.report += "line " + std::to_string(i) + "\n";
    CHECK(picture(view, {10, 80}, Language::en, false)[2] == "line 0");
    view.scrolled = 3;
    CHECK(picture(view, {10, 80}, Language::en, false)[2] == "line 3");
    view.scrolled = 1000;
    const auto lines = picture(view, {10, 80}, Language::zh, false);
    CHECK(lines[7] == "line 29");
    CHECK(lines[8] == "  ↑ 上面还有");
    CHECK(view.scrolled == 24);
    picture(view, {100, 80}, Language::en, false);
    CHECK(view.scrolled == 0);
}

TEST_CASE("while a grading runs, each part's verdict stands as soon as it is told") {
    const Exercise exercise = counting();
    WatchView view;
    view.exercise = &exercise;
    view.report = "the last report\n";
    view.grading = true;
    CHECK(shows(picture(view, {24, 80}, Language::en, false), "the last report"));
    view.passed["count"] = true;
    const auto lines = picture(view, {24, 80}, Language::en, false);
    CHECK(!shows(lines, "the last report"));
    CHECK(shows(lines, "✓ count "));
    CHECK(shows(lines, "… count_all"));
    view.panel = "a hint\n";
    CHECK(shows(picture(view, {24, 80}, Language::zh, false), "a hint"));
}

TEST_CASE("the title tells a save from a grading that a key asked for") {
    const Exercise exercise = counting();
    WatchView view;
    view.exercise = &exercise;
    CHECK(shows(picture(view, {24, 80}, Language::zh, false), "等你存盘"));
    view.saved = "10:11:12";
    view.seconds = 0.5;
    CHECK(shows(picture(view, {24, 80}, Language::en, false), "saved 10:11:12, verdict after 0.50 s"));
    CHECK(shows(picture(view, {24, 80}, Language::zh, false), "10:11:12 存盘，0.50 秒后得到结果"));
    view.by_key = true;
    CHECK(shows(picture(view, {24, 80}, Language::en, false), "graded 10:11:12, verdict after 0.50 s"));
    CHECK(shows(picture(view, {24, 80}, Language::zh, false), "10:11:12 评分，0.50 秒后得到结果"));
}
