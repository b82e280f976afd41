#include "text.hpp"

#include <algorithm>
#include <cstdlib>

namespace qkv {

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

/// Controls of C0 and C1, and marks that reorder or hide text.
bool harmful(char32_t point) {
    if (point == '\n' || point == '\t') return false;
    return point < 0x20 || point == 0x61c || (point >= 0x7f && point < 0xa0) || (point >= 0x200b && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff ||
           point == 0xfffe || point == 0xffff || (point >= 0xfff9 && point <= 0xfffb);
}

bool wide(char32_t point) {
    return (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) ||
           (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) ||
           (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) ||
           (point >= 0xffe0 && point <= 0xffe6) || (point >= 0x1f300 && point <= 0x1faff) ||
           (point >= 0x20000 && point <= 0x3fffd);
}

}  // namespace

Language language_of_environment() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') {
            return std::string_view(value).starts_with("zh") ? Language::zh : Language::en;
        }
    }
    return Language::en;
}

std::string clean(std::string_view bytes, std::size_t longest) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string text;
    while (!bytes.empty()) {
        const Decoded decoded = decode(bytes);
        const bool shown = decoded.size != 0 && !harmful(decoded.point);
        const std::string_view piece = shown ? bytes.substr(0, decoded.size) : replacement;
        if (text.size() + piece.size() > longest) return text + "…";
        text += piece;
        bytes.remove_prefix(std::max<std::size_t>(decoded.size, 1));
    }
    return text;
}

std::size_t width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const Decoded decoded = decode(text);
        columns += wide(decoded.point) ? 2 : 1;
        text.remove_prefix(std::max<std::size_t>(decoded.size, 1));
    }
    return columns;
}

std::string padded(std::string_view text, std::size_t columns) {
    const std::size_t used = width(text);
    return std::string(text) + std::string(used < columns ? columns - used : 0, ' ');
}

namespace {

/// Chinese and ASCII marks that no line may begin with.
bool closes(char32_t point) {
    constexpr std::u32string_view marks = U"，。、；：？！）」』”’》…,.;:?!)";
    return marks.find(point) != std::u32string_view::npos;
}

/// The pieces between which a line may end: words with the spaces before them, single wide characters with the
/// marks after them.
std::vector<std::string> pieces_of(std::string_view text) {
    std::vector<std::string> pieces;
    bool after_wide = false, after_space = false, after_opening = false;
    while (!text.empty()) {
        const Decoded decoded = decode(text);
        const std::string_view bytes = text.substr(0, std::max<std::size_t>(decoded.size, 1));
        const bool is_wide = wide(decoded.point), space = bytes == " ";
        const bool begins = space     ? !after_space
                            : is_wide ? !after_space && !after_opening
                                      : after_wide && !after_opening;
        if (pieces.empty() || (begins && !closes(decoded.point)))
            pieces.emplace_back(bytes);
        else
            pieces.back() += bytes;
        after_wide = is_wide;
        after_space = space;
        after_opening = decoded.point == U'（' || decoded.point == U'“' || decoded.point == U'《';
        text.remove_prefix(bytes.size());
    }
    return pieces;
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
    std::vector<std::string> lines;
    std::string line;
    for (std::string piece : pieces_of(text)) {
        if (!line.empty() && width(line) + width(piece) > columns) {
            lines.push_back(line);
            line.clear();
            piece.erase(0, std::min(piece.find_first_not_of(' '), piece.size()));
        }
        for (; width(piece) > columns; piece.erase(0, shortened(piece, columns).size()))
            lines.push_back(shortened(piece, columns));
        line += piece;
    }
    if (!line.empty()) lines.push_back(line);
    return lines;
}

std::string shortened(std::string_view text, std::size_t columns) {
    std::string line;
    std::size_t used = 0;
    while (!text.empty()) {
        const Decoded decoded = decode(text);
        used += wide(decoded.point) ? 2 : 1;
        if (used > columns) break;
        const std::size_t size = std::max<std::size_t>(decoded.size, 1);
        line += text.substr(0, size);
        text.remove_prefix(size);
    }
    return line;
}

}  // namespace qkv
