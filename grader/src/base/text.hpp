// Words in the languages of the kit, and texts on a terminal.
#pragma once

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qkv::grader {

/// The languages a reader may choose; another one is a line in `languages` and a field of Text.
enum class Language { en, zh };

/// One sentence in every language; English is always there, and shown where another is missing.
struct Text {
    std::string en, zh;
    const std::string& in(Language language) const;
};

/// A language's code, as in --lang and in a locale, its own name, and where its words are.
struct LanguageEntry {
    Language language;
    const char *code, *name;
    std::string Text::*words;
};
inline constexpr std::array<LanguageEntry, 2> languages = {
    {{Language::en, "en", "English", &Text::en}, {Language::zh, "zh", "中文", &Text::zh}}};

/// The entry of a language, and that of the one after it; after the last comes the first.
const LanguageEntry& entry_of(Language language);
const LanguageEntry& entry_after(Language language);

/// The language of this code; nothing if there is none.
std::optional<Language> language_of_code(std::string_view code);

/// What is filled into a sentence: another Text in the sentence's language, everything else as it is.
inline const std::string& filling(const Text& text, Language language) { return text.in(language); }
template <class Other>
const Other& filling(const Other& other, Language) {
    return other;
}

/// The one way to say something: the sentence in the reader's language, its {} filled in as fmt does.
template <class... Arguments>
std::string say(const Text& sentence, Language language, const Arguments&... arguments) {
    return fmt::format(fmt::runtime(sentence.in(language)), filling(arguments, language)...);
}

/// The same in every language: for sentences that are put together before the reader is known.
template <class... Arguments>
Text said(const Text& sentence, const Arguments&... arguments) {
    Text result;
    for (const LanguageEntry& entry : languages) result.*entry.words = say(sentence, entry.language, arguments...);
    return result;
}

/// The language of the locale (LC_ALL, LC_MESSAGES, LANG), which begins with a code; else English.
Language language_of_environment();

/// Whether the byte can stand in a name of C++: a letter, a digit or an underscore.
bool is_word(char byte);

/// Bytes of unknown origin as valid UTF-8 without control characters; line breaks stay, a tab becomes four spaces.
/// At most `longest` bytes, then a mark that something was left out.
std::string clean(std::string_view bytes, std::size_t longest = 16384);

/// Where the text next holds what build services obey anywhere in a line: ##[group] on GitHub, ##vso[...] on Azure,
/// ##teamcity[...]; npos if nowhere.
std::size_t find_command(std::string_view text, std::size_t from);

/// The lines of a report, none of them a command to a build service. GitHub Actions obeys lines that begin with ::,
/// behind spaces of any kind, and several obey ##[ and its like: a space comes between.
std::string without_commands(std::string_view report);

/// Columns that a text takes on a terminal; Chinese characters take two.
std::size_t width(std::string_view text);

/// The text as one word of a shell; in quotes only where it must be.
std::string shell_quoted(std::string_view text);

/// The text with spaces after it, up to so many columns.
std::string padded(std::string_view text, std::size_t columns);

/// The lines of a text, none wider than `columns`: longer ones go on in the next line, indented as far. Escape
/// sequences that set colours take no columns, and end with the line they are on.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

/// Without escape sequences that set colours.
std::string without_paint(std::string_view text);

/// The letters of a text, a UTF-8 sequence each.
std::vector<std::string> letters_of(std::string_view text);

/// The beginning of the text, at most so many columns of it.
std::string shortened(std::string_view text, std::size_t columns);

/// How many letters must be put in, taken out or replaced to make one word the other.
std::size_t edit_distance(std::string_view one, std::string_view other);

/// The text with every occurrence of a piece replaced.
std::string replaced(std::string text, std::string_view piece, std::string_view by);

/// A line without the spaces, tabs and carriage returns around it.
std::string stripped(const std::string& line);

/// The known name that was probably meant: at most two letters away; empty if there is none.
std::string nearest_name(const std::string& word, const std::vector<std::string>& known);

}  // namespace qkv::grader
