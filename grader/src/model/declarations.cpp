#include "model/declarations.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/text.hpp"

namespace qkv::grader {

namespace {

/// The source with comments, texts and preprocessor lines blanked out; the lines stay.
std::string without_comments(std::string source) {
    bool line_begins = true;
    for (std::size_t i = 0; i < source.size(); ++i) {
        std::size_t end = i;
        if (source.compare(i, 2, "//") == 0 || (line_begins && source[i] == '#')) {
            end = source.find('\n', i);
        } else if (source.compare(i, 2, "/*") == 0) {
            end = source.find("*/", i + 2);
            if (end != std::string::npos) end += 2;
        } else if (source[i] == '"' || (source[i] == '\'' && i > 0 && !is_word(source[i - 1]))) {
            for (end = i + 1; end < source.size() && source[end] != source[i]; ++end) end += source[end] == '\\';
            ++end;
        }
        end = std::min(end, source.size());
        line_begins = source[i] == '\n' || (line_begins && std::isspace(static_cast<unsigned char>(source[i])) != 0);
        for (; i < end; ++i) {
            if (source[i] != '\n') source[i] = ' ';
        }
        if (i < source.size() && source[i] == '\n') line_begins = true;
    }
    return source;
}

/// The last word of a text.
std::string last_word(std::string_view text) {
    std::size_t end = text.size();
    while (end > 0 && !is_word(text[end - 1])) --end;
    std::size_t begin = end;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    return std::string(text.substr(begin, end - begin));
}

std::vector<std::string> parameter_names(std::string_view list) {
    std::vector<std::string> names;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= list.size(); ++i) {
        const char byte = i < list.size() ? list[i] : ',';
        depth += (byte == '<' || byte == '(' || byte == '{') - (byte == '>' || byte == ')' || byte == '}');
        if (byte != ',' || (depth > 0 && i < list.size())) continue;
        const auto parameter = list.substr(begin, i - begin);
        if (std::ranges::any_of(parameter, is_word)) names.push_back(last_word(parameter));
        begin = i + 1;
    }
    return names;
}

/// What stands before a `;` or `{`, if it is the head of a function.
void add_function(std::vector<Declaration>& found, const std::string& head, int line, bool defined) {
    const std::size_t open = head.find('('), close = head.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) return;
    const std::string before = head.substr(0, open);
    for (const char* other : {"using", "static ", "template", "struct", "class", "enum", "return"}) {
        if (before.starts_with(other)) return;
    }
    if (before.find('=') != std::string::npos) return;
    const std::string name = last_word(before);
    if (!name.empty()) found.push_back({name, parameter_names(head.substr(open + 1, close - open - 1)), line, defined});
}

/// The place after the brace that closes the one at `open`.
std::size_t after_block(const std::string& text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        depth += (text[i] == '{') - (text[i] == '}');
        if (depth == 0) return i + 1;
    }
    return text.size();
}

}  // namespace

std::vector<Declaration> declarations(const std::string& source) {
    const std::string text = without_comments(source);
    std::vector<Declaration> found;
    std::string head;  // without blanks before it
    int line = 1, head_line = 1;
    for (std::size_t i = 0; i < text.size();) {
        const char byte = text[i];
        if (head.empty()) head_line = line;
        std::size_t next = i + 1;
        if (byte == ';') {
            add_function(found, head, head_line, false);
            head.clear();
        } else if (byte == '{') {
            const bool named_space = head.starts_with("namespace") && last_word(head) != "namespace";
            if (!named_space) {
                if (!head.starts_with("namespace")) add_function(found, head, head_line, true);
                next = after_block(text, i);
            }
            head.clear();
        } else if (byte == '}') {
            head.clear();
        } else if (!head.empty() || std::isspace(static_cast<unsigned char>(byte)) == 0) {
            head += byte;
        }
        line += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(i),
                                            text.begin() + static_cast<std::ptrdiff_t>(next), '\n'));
        i = next;
    }
    return found;
}

}  // namespace qkv::grader
