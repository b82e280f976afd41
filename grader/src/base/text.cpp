#include "base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace qkv::grader {

namespace {

struct Decoded {
    char32_t point = 0;
    std::size_t size = 0;  ///< bytes; 0 if they are no UTF-8
};

Decoded decode(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t size = first >= 0xf0 && first < 0xf5   ? 4
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xc2 && first < 0xe0 ? 2
                                                             : 0;
    if (size == 0 || bytes.size() < size) return {};
    char32_t point = first & (0xffU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {};
        point = (point << 6) | (byte(i) & 0x3fU);
    }
    const char32_t least = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return {};
    return {point, size};
}

struct Range {
    char32_t first, last;
};

/// Controls but for line break and tab, marks that reorder or hide text, letters that are drawn as nothing, tags, and
/// points that are no characters.
constexpr Range harmful[] = {
    {0, 8},           {0xb, 0x1f},        {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
    {0x61c, 0x61c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f},   {0x2800, 0x2800},   {0x3164, 0x3164},   {0xe000, 0xf8ff},
    {0xfdd0, 0xfdef}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff9, 0xfffb},
    {0xfffe, 0xffff}, {0x13430, 0x1345f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff}};

/// What takes two columns on a terminal.
constexpr Range wide[] = {{0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},  {0xfe30, 0xfe6f},
                          {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};

/// In order, so the first range that does not end before the point decides.
template <std::size_t count>
bool is_in(const Range (&ranges)[count], char32_t point) {
    for (const Range& range : ranges) {
        if (point <= range.last) return point >= range.first;
    }
    return false;
}

bool is_harmful(char32_t point) { return is_in(harmful, point) || (point & 0xfffeU) == 0xfffeU; }

bool is_wide(char32_t point) { return is_in(wide, point); }

}  // namespace

bool is_word(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

const LanguageEntry& entry_of(Language language) {
    return *std::ranges::find(languages, language, &LanguageEntry::language);
}

const LanguageEntry& entry_after(Language language) {
    const std::size_t next = static_cast<std::size_t>(&entry_of(language) - languages.data()) + 1;
    return languages[next % languages.size()];
}

const std::string& Text::in(Language language) const {
    const std::string& words = this->*entry_of(language).words;
    return words.empty() ? en : words;
}

std::optional<Language> language_of_code(std::string_view code) {
    const auto found = std::ranges::find(languages, code, &LanguageEntry::code);
    return found == languages.end() ? std::nullopt : std::optional(found->language);
}

Language language_of_environment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0')
            return language_of_code(std::string_view(value).substr(0, 2)).value_or(Language::en);
    }
    return Language::en;
}

std::string clean(std::string_view bytes, std::size_t longest) {
    constexpr std::string_view replacement = "\xef\xbf\xbd", tab = "    ";
    std::string text;
    while (!bytes.empty()) {
        const Decoded decoded = decode(bytes);
        const bool shown = decoded.size != 0 && !is_harmful(decoded.point);
        const std::string_view piece = shown ? bytes.substr(0, decoded.size) : replacement;
        if (text.size() + piece.size() > longest) return text + "…";
        text += piece == "\t" ? tab : piece;
        bytes.remove_prefix(std::max<std::size_t>(decoded.size, 1));
    }
    return text;
}

namespace {

/// Bytes of the space at the beginning, of any kind that GitHub skips before a command; 0 if there is none.
std::size_t bytes_of_space(std::string_view text) {
    constexpr Range spaces[] = {{' ', ' '},       {0xa0, 0xa0},     {0x1680, 0x1680}, {0x2000, 0x200a},
                                {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};
    const Decoded decoded = decode(text);
    return is_in(spaces, decoded.point) ? decoded.size : 0;
}

}  // namespace

std::size_t find_command(std::string_view text, std::size_t from) {
    for (std::size_t at = from; (at = text.find("##", at)) != std::string_view::npos; ++at) {
        const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", at + 2);
        if (end != std::string_view::npos && text[end] == '[') return at;
    }
    return std::string_view::npos;
}

std::string without_commands(std::string_view report) {
    std::string text;
    bool at_beginning = true;  // of a line, but for spaces and colours
    std::size_t command = find_command(report, 0);
    for (std::size_t at = 0; at < report.size();) {
        const std::string_view rest = report.substr(at);
        const std::size_t space = at_beginning ? bytes_of_space(rest) : 0;
        std::size_t size = std::max<std::size_t>(space, 1);
        if (rest.starts_with("\x1b[")) {
            size = std::min(rest.find_first_not_of("0123456789;", 2), rest.size() - 1) + 1;
        } else if (space == 0) {
            if (at_beginning && rest.starts_with("::")) {
                text += ": ";
                ++at;
            } else if (at == command) {
                text += "## ";
                at += 2;
                command = find_command(report, at);
            }
            at_beginning = report[at] == '\n';
        }
        text += report.substr(at, size);
        at += size;
    }
    return text;
}

std::size_t width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Decoded decoded = decode(text);
        columns += is_wide(decoded.point) ? 2 : 1;
        text.remove_prefix(std::max<std::size_t>(decoded.size, 1));
    }
    return columns;
}

std::string shell_quoted(std::string_view text) {
    const auto plain = [](char byte) {
        return is_word(byte) || static_cast<unsigned char>(byte) >= 0x80 ||
               std::string_view("/._-+").find(byte) != std::string_view::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, plain)) return std::string(text);
    std::string quoted = "'";
    for (const char byte : text) quoted += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
    return quoted + "'";
}

std::string padded(std::string_view text, std::size_t columns) {
    const std::size_t used = width(text);
    return std::string(text) + std::string(used < columns ? columns - used : 0, ' ');
}

namespace {

/// The next character, or a whole escape sequence, and its columns.
struct Piece {
    std::string_view bytes;
    std::size_t columns = 0;
};

Piece next_piece(std::string_view text) {
    if (text.starts_with("\x1b[")) {
        const std::size_t end = text.find_first_not_of("0123456789;", 2);
        return {text.substr(0, end == std::string_view::npos ? text.size() : end + 1), 0};
    }
    const Decoded decoded = decode(text);
    return {text.substr(0, std::max<std::size_t>(decoded.size, 1)), is_wide(decoded.point) ? 2U : 1U};
}

/// A line may end between this character and the text that follows: after a space, and after a Chinese character
/// unless a space or a mark comes that no line begins with.
bool may_end_after(const Piece& piece, std::string_view rest) {
    if (piece.bytes == " ") return true;
    if (piece.columns != 2 || piece.bytes == "（" || piece.bytes == "《") return false;
    constexpr std::u32string_view marks = U" ，。、；：？！）」』”’》…,.;:?!)";
    return rest.empty() || marks.find(decode(rest).point) == std::u32string_view::npos;
}

void wrap_line(std::string_view text, std::size_t columns, std::vector<std::string>& lines) {
    const std::size_t indent = std::min(text.find_first_not_of(' '), columns / 2);
    std::string line, color;                     // the last sequence still holds on the next line
    std::size_t used = 0, space = 0, after = 0;  // of the line: columns, the last space's end, columns up to there
    while (!text.empty()) {
        const Piece piece = next_piece(text);
        text.remove_prefix(piece.bytes.size());
        if (piece.columns == 0) color = piece.bytes == "\x1b[0m" ? "" : std::string(piece.bytes);
        if (used + piece.columns > columns) {
            if (after <= indent) space = line.size(), after = used;  // no space to break at
            lines.push_back(line.substr(0, space) + (color.empty() ? "" : "\x1b[0m"));
            line = std::string(indent, ' ') + color + line.substr(space);
            used += indent - after;
            space = after = 0;
        }
        line += piece.bytes;
        used += piece.columns;
        if (may_end_after(piece, text)) space = line.size(), after = used;
    }
    lines.push_back(line);
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        wrap_line(text.substr(0, end), std::max<std::size_t>(columns, 8), lines);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string without_paint(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const std::size_t escape = text.starts_with("\x1b[") ? text.find('m') : std::string_view::npos;
        if (escape == std::string_view::npos) plain += text.front();
        text.remove_prefix(escape == std::string_view::npos ? 1 : escape + 1);
    }
    return plain;
}

std::vector<std::string> letters_of(std::string_view text) {
    std::vector<std::string> letters;
    for (const char byte : text) {
        if ((static_cast<unsigned char>(byte) & 0xC0U) == 0x80U && !letters.empty())
            letters.back() += byte;
        else
            letters.emplace_back(1, byte);
    }
    return letters;
}

std::string shortened(std::string_view text, std::size_t columns) {
    std::string line;
    for (std::size_t used = 0; !text.empty();) {
        const Piece piece = next_piece(text);
        used += piece.columns;
        if (used > columns) break;
        line += piece.bytes;
        text.remove_prefix(piece.bytes.size());
    }
    return line;
}

std::size_t edit_distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t corner = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t replaced = corner + (one[i] == other[j] ? 0 : 1);
            corner = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::string replaced(std::string text, std::string_view piece, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(piece, at)) != std::string::npos; at += by.size())
        text.replace(at, piece.size(), by);
    return text;
}

std::string stripped(const std::string& line) {
    constexpr const char* blank = " \t\r";
    const std::size_t begin = line.find_first_not_of(blank), end = line.find_last_not_of(blank);
    return begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
}

std::string nearest_name(const std::string& word, const std::vector<std::string>& known) {
    constexpr std::size_t farthest = 2;
    if (word.size() > 80) return "";
    const auto distance = [&](const std::string& name) { return edit_distance(word, name); };
    const auto found = std::ranges::min_element(known, {}, distance);
    // Two wrong letters of three are no slip.
    return found == known.end() || distance(*found) > std::min(farthest, found->size() / 2) ? "" : *found;
}

}  // namespace qkv::grader
