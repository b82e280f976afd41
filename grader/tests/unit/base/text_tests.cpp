// Bytes of unknown origin made harmless, columns on a terminal, the language of the reader.
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "qkv/matrix.hpp"

#include "base/text.hpp"
#include "harness/catch2.hpp"

namespace {

using namespace qkv::grader;

const std::string mark = "\xef\xbf\xbd";

/// The three variables of the locale, as before at the end.
class Locale {
public:
    Locale(const char* all, const char* messages, const char* lang) {
        set("LC_ALL", all);
        set("LC_MESSAGES", messages);
        set("LANG", lang);
    }
    ~Locale() {
        for (const auto& [name, value] : before_) put(name.c_str(), value ? value->c_str() : nullptr);
    }
    Locale(const Locale&) = delete;
    Locale& operator=(const Locale&) = delete;

private:
    void set(const char* name, const char* value) {
        const char* old = std::getenv(name);
        before_[name] = old == nullptr ? std::nullopt : std::optional<std::string>(old);
        put(name, value);
    }
    static void put(const char* name, const char* value) {
        if (value == nullptr)
            unsetenv(name);
        else
            setenv(name, value, 1);
    }
    std::map<std::string, std::optional<std::string>> before_;
};

Language language_with(const char* all, const char* messages, const char* lang) {
    const Locale locale(all, messages, lang);
    return language_of_environment();
}

}  // namespace

TEST_CASE("ordinary text is left alone, in any script") {
    const std::string text = "a line\n    and “quotes”, 中文，😀 é\n";
    CHECK(clean(text) == text);
}

TEST_CASE("a tab has a width, like everything else") { CHECK(clean("a\tb") == "a    b"); }

TEST_CASE("control characters become a replacement mark") {
    CHECK(clean("a\x1b[31mred\x1b[0m") == "a" + mark + "[31mred" + mark + "[0m");
    CHECK(clean(std::string("a\0b", 3)) == "a" + mark + "b");
    CHECK(clean("\r\b\x7f\a") == mark + mark + mark + mark);
    CHECK(clean("\xc2\x9b"
                "31m") == mark + "31m");  // the C1 form of an escape sequence
}

TEST_CASE("what is no UTF-8 becomes a replacement mark") {
    CHECK(clean("\xff") == mark);
    CHECK(clean("\x80z") == mark + "z");
    CHECK(clean("\xe4\xb8") == mark + mark);             // cut off
    CHECK(clean("\xc0\xaf") == mark + mark);             // overlong
    CHECK(clean("\xe0\x80\xaf") == mark + mark + mark);  // overlong
    CHECK(clean("\xf0\x80\x80\xaf").find('\xaf') == std::string::npos);
    CHECK(clean("\xed\xa0\x80") == mark + mark + mark);                  // a surrogate
    CHECK(clean("\xf4\x90\x80\x80").find('\xf4') == std::string::npos);  // beyond Unicode
}

TEST_CASE("marks that reorder or hide text become a replacement mark") {
    for (const char* hidden :
         {"\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2028", "\u2066", "\u2069", "\ufeff", "\u061c"}) {
        CHECK(clean(std::string("a") + hidden + "b") == "a" + mark + "b");
    }
}

TEST_CASE("a long text is cut at whole characters, and one sees it") {
    CHECK(clean("abcd", 4) == "abcd");
    CHECK(clean("abcde", 4) == "abcd…");
    CHECK(clean("abc中", 4) == "abc…");
    CHECK(clean("中中", 6) == "中中");
    CHECK(clean(std::string(100'000, '\xff')).size() <= 16384 + 3);
}

TEST_CASE("what was cleaned once is clean") {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    CHECK(clean(clean(all)) == clean(all));
}

TEST_CASE("Chinese characters take two columns") {
    CHECK(width("abc") == 3);
    CHECK(width("中文，") == 6);
    CHECK(width("é…“”") == 4);
    CHECK(width("") == 0);
    CHECK(width("\xff") == 1);
}

TEST_CASE("padding counts columns, not bytes") {
    CHECK(padded("ab", 4) == "ab  ");
    CHECK(padded("中", 4) == "中  ");
    CHECK(padded("too long", 3) == "too long");
}

TEST_CASE("the locale decides the language, LC_ALL before LC_MESSAGES before LANG") {
    CHECK(language_with(nullptr, nullptr, nullptr) == Language::en);
    CHECK(language_with(nullptr, nullptr, "zh_CN.UTF-8") == Language::zh);
    CHECK(language_with(nullptr, "zh_TW", "en_US.UTF-8") == Language::zh);
    CHECK(language_with("C.UTF-8", "zh_CN.UTF-8", "zh_CN.UTF-8") == Language::en);
    CHECK(language_with("", "", "zh_CN.UTF-8") == Language::zh);
}

TEST_CASE("where the Chinese is missing, English is shown") {
    CHECK(Text{"row", "行"}.in(Language::zh) == "行");
    CHECK(Text{"row", ""}.in(Language::zh) == "row");
    CHECK(Text{"row", "行"}.in(Language::en) == "row");
}

TEST_CASE("no line begins with a mark that belongs to the word before it") {
    CHECK(wrapped("一二三四五，六", 10) == std::vector<std::string>{"一二三四", "五，六"});
    CHECK(wrapped("一二三四（五）", 10) == std::vector<std::string>{"一二三四", "（五）"});
    for (std::size_t columns = 8; columns < 20; ++columns) {
        for (const std::string& line : wrapped("先复制一份，Matrix t = x；再改。这样（以及那样）都可以。", columns)) {
            CHECK(width(line) <= columns);
            CHECK_FALSE((line.starts_with("，") || line.starts_with("。") || line.starts_with("）")));
        }
    }
}

TEST_CASE("no line begins with the space between Chinese and a number") {
    CHECK(wrapped("一二三四第 5 节", 10) == std::vector<std::string>{"一二三四", "第 5 节"});
    for (std::size_t columns = 8; columns < 20; ++columns) {
        for (const std::string& line : wrapped("见第 5 节。取 2 与 3，前 10 步 Adam 还不稳。", columns)) {
            CHECK(width(line) <= columns);
            CHECK_FALSE(line.starts_with(" "));
        }
    }
}

TEST_CASE("a text is shortened by columns, never inside a character") {
    CHECK(shortened("中文ab", 5) == "中文a");
    CHECK(shortened("中文ab", 3) == "中");
    CHECK(shortened("ab", 9) == "ab");
    CHECK(shortened("", 9).empty());
}

TEST_CASE("a sentence is filled in in its own language, and what is filled in too") {
    const Text inner{"a wall", "一道墙"};
    CHECK(say({"{} of {}", "{1} 的{0}"}, Language::en, inner, 3) == "a wall of 3");
    CHECK(say({"{} of {}", "{1} 的{0}"}, Language::zh, inner, 3) == "3 的一道墙");
    const Text both = said({"no {}", "没有{}"}, inner);
    CHECK(both.en == "no a wall");
    CHECK(both.zh == "没有一道墙");
    CHECK(said({"only {}", ""}, "{}").zh == "only {}");  // what is filled in is no sentence to fill in
}

TEST_CASE("every language has a code, and after the last comes the first") {
    Language language = Language::en;
    for (const LanguageEntry& entry : languages) {
        CHECK(entry_of(entry.language).code == entry.code);
        CHECK(language_of_code(entry.code) == entry.language);
        language = entry_after(language).language;
    }
    CHECK(language == Language::en);
    CHECK(entry_after(Language::en).language == Language::zh);
    CHECK_FALSE(language_of_code("fr").has_value());
    CHECK_FALSE(language_of_code("").has_value());
}

TEST_CASE("a word of a shell is quoted where it must be") {
    CHECK(shell_quoted("exercises/counting/counting.cpp") == "exercises/counting/counting.cpp");
    CHECK(shell_quoted("练习/a.cpp") == "练习/a.cpp");
    CHECK(shell_quoted("a b") == "'a b'");
    CHECK(shell_quoted("it's") == "'it'\\''s'");
    CHECK(shell_quoted("$HOME") == "'$HOME'");
    CHECK(shell_quoted("~") == "'~'");
    CHECK(shell_quoted("") == "''");
}

TEST_CASE("marks that choose or hide how other letters are drawn do not get into a report") {
    for (const char* bytes :
         {"\xf0\x9b\xb2\xa0" /* U+1BCA0 */, "\xf0\x93\x90\xb0" /* U+13430 */, "\xef\xb8\x8f" /* U+FE0F */,
          "\xe1\xa0\x8b" /* U+180B */, "\xe1\xa0\x8f" /* U+180F */, "\xe1\xa0\x8e" /* U+180E */})
        CHECK(clean(bytes) == mark);
    CHECK(clean("\xe1\xa0\x8a") == "\xe1\xa0\x8a");  // U+180A, a letter of Mongolian
}

TEST_CASE("no line of a report is a command to GitHub Actions, whatever it quotes") {
    CHECK(without_commands("::error::x\n  ::set-output name=a::b\na::b") ==
          ": :error::x\n  : :set-output name=a::b\na::b");
    CHECK(without_commands("\x1b[1m::add-mask::x\x1b[0m") == "\x1b[1m: :add-mask::x\x1b[0m");
    CHECK(without_commands("said ##[error]x") == "said ## [error]x");
    CHECK(without_commands("##vso[task.complete]\n###[a]##teamcity[b]") ==
          "## vso[task.complete]\n### [a]## teamcity[b]");
    // GitHub skips every kind of space before a command.
    for (const char* space :
         {"\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x8a", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"})
        CHECK(without_commands(std::string("a\n ") + space + "::error::x") ==
              std::string("a\n ") + space + ": :error::x");
    CHECK(without_commands("、::a") == "、::a");
    CHECK(without_commands("").empty());
    CHECK(without_commands("a ## b # c\n\n  : d\n") == "a ## b # c\n\n  : d\n");
    CHECK(without_commands("\x1b[") == "\x1b[");
}
