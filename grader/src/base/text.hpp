// Words in the two languages of the kit.
#ifndef QKV_BASE_TEXT_HPP
#define QKV_BASE_TEXT_HPP

#include <string>
#include <string_view>
#include <vector>

namespace qkv::grader {

enum class Language { en, zh };

/// English is always there; where the Chinese is missing, English is shown.
struct Text {
    std::string en, zh;
    const std::string& in(Language language) const { return language == Language::zh && !zh.empty() ? zh : en; }
};

/// The language of the locale (LC_ALL, LC_MESSAGES, LANG): Chinese if it begins with "zh".
Language language_of_environment();

/// Whether the byte can stand in a name of C++: a letter, a digit or an underscore.
bool is_word(char byte);

/// Bytes of unknown origin as valid UTF-8 without control characters; line breaks stay, a tab becomes four spaces.
/// At most `longest` bytes, then a mark that something was left out.
std::string clean(std::string_view bytes, std::size_t longest = 16384);

/// Columns that a text takes on a terminal; Chinese characters take two.
std::size_t width(std::string_view text);

/// The text as one word of a shell.
std::string shell_quoted(std::string_view text);

/// The text with spaces after it, up to so many columns.
std::string padded(std::string_view text, std::size_t columns);

/// The lines of a text, none wider than `columns`: longer ones go on in the next line, indented as far. Escape
/// sequences that set colours take no columns, and end with the line they are on.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

/// The beginning of the text, at most so many columns of it.
std::string shortened(std::string_view text, std::size_t columns);

}  // namespace qkv::grader

#endif
