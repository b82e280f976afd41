#include "report/pages/statement.hpp"

#include <algorithm>
#include <regex>
#include <sstream>
#include <utility>

#include "report/pages/formula.hpp"

namespace qkv::grader {

namespace {

/// The text up to `end`, which is taken off too with all before it; nothing happens if there is no `end`.
bool take_until(std::string_view& rest, std::string_view end, std::string& taken) {
    const std::size_t at = rest.find(end);
    if (at == std::string_view::npos) return false;
    taken = rest.substr(0, at);
    rest.remove_prefix(at + end.size());
    return true;
}

/// Formulas, code, emphasis and links of a line.
std::string inlined(std::string_view rest, const Paint& paint) {
    std::string text, inner;
    while (!rest.empty()) {
        const std::string_view here = rest;
        const auto begins = [&](std::string_view mark) {
            if (!rest.starts_with(mark)) return false;
            rest.remove_prefix(mark.size());
            if (take_until(rest, mark, inner)) return true;
            rest = here;
            return false;
        };
        if (begins("$$") || begins("$")) {
            text += paint.math(in_unicode(inner));
        } else if (begins("`")) {
            text += paint.code(inner);
        } else if (begins("**")) {
            text += paint.strong(inlined(inner, {false, paint.language}));
        } else if (rest.size() > 1 && rest[0] == '*' && rest[1] != ' ' && begins("*")) {
            text += inlined(inner, paint);
        } else if (rest.starts_with("[") && take_until(rest, "](", inner)) {
            std::string link;
            if (inner.find(']') != std::string::npos || !take_until(rest, ")", link)) {
                text += here.substr(0, here.size() - rest.size());
                continue;
            }
            text += inlined(inner.substr(1), paint);
        } else {
            rest = here;
            text += rest.front();
            rest.remove_prefix(1);
        }
    }
    return text;
}

using Row = std::vector<std::string>;

Row cells_of(const std::string& line, const Paint& paint) {
    Row cells;
    std::string cell;
    bool in_code = false, in_formula = false;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line.compare(i, 2, "\\|") == 0) {
            cell += line[++i];
            continue;
        }
        in_code ^= line[i] == '`';
        in_formula ^= line[i] == '$';
        if (line[i] == '|' && !in_code && !in_formula)
            cells.push_back(inlined(stripped(std::exchange(cell, "")), paint));
        else
            cell += line[i];
    }
    return cells;
}

/// The widths of columns: as wide as their cells, but the widest give way until all fit.
std::vector<std::size_t> widths_of(const std::vector<Row>& rows, std::size_t columns) {
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t j = 0; j < row.size(); ++j) widths[j] = std::max(widths[j], width(without_paint(row[j])));
    }
    constexpr std::size_t gap = 2, least = 8;
    const auto all = [&] {
        std::size_t sum = 2;
        for (const std::size_t one : widths) sum += one + gap;
        return sum;
    };
    while (!widths.empty() && all() > columns && *std::ranges::max_element(widths) > least)
        --*std::ranges::max_element(widths);
    return widths;
}

void add_table(std::vector<std::string>& lines, const std::vector<std::string>& source, std::size_t columns,
               const Paint& paint) {
    std::vector<Row> rows;
    for (const std::string& line : source) rows.push_back(cells_of(line, paint));
    rows.erase(rows.begin() + 1);  // |---|---|
    const auto widths = widths_of(rows, columns);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::vector<std::vector<std::string>> pieces;
        std::size_t height = 1;
        for (std::size_t j = 0; j < rows[i].size(); ++j) {
            pieces.push_back(wrapped(rows[i][j], std::max<std::size_t>(widths[j], 1)));
            height = std::max(height, pieces.back().size());
        }
        for (std::size_t k = 0; k < height; ++k) {
            std::string line = "  ";
            for (std::size_t j = 0; j < pieces.size(); ++j) {
                const std::string piece = k < pieces[j].size() ? pieces[j][k] : "";
                const std::size_t used = width(without_paint(piece));
                line += piece + std::string(widths[j] + 2 - std::min(used, widths[j]), ' ');
            }
            lines.push_back(i == 0 ? paint.strong(without_paint(line)) : line);
        }
    }
    lines.emplace_back();
}

}  // namespace

std::vector<std::string> readable(const std::string& markdown, std::size_t columns, const Paint& paint) {
    static const std::regex heading("^(#+) (.*)"), note(R"(^> \[!([A-Z]+)\])");
    std::vector<std::string> lines, table;
    std::istringstream stream(markdown);
    bool in_code = false;
    const auto add = [&](const std::string& text) {
        for (std::string& line : wrapped(text, columns)) lines.push_back(std::move(line));
    };
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (!table.empty() && (in_code || !line.starts_with("|")))
            add_table(lines, std::exchange(table, {}), columns, paint);
        if (stripped(line).starts_with("```")) {
            in_code = !in_code;
        } else if (in_code) {
            lines.push_back("    " + paint.code(line));
        } else if (line.empty()) {
            if (!lines.empty() && !lines.back().empty()) lines.emplace_back();
        } else if (line.starts_with("|")) {
            table.push_back(line);
        } else if (std::regex_match(line, match, heading)) {
            if (!lines.empty() && !lines.back().empty()) lines.emplace_back();
            add(paint.strong(inlined(match[2].str(), {false, paint.language})));
        } else if (std::regex_search(line, match, note)) {
            lines.push_back("  │ " + paint.strong(match[1].str()));
        } else if (line.starts_with("$$")) {
            add("    " + inlined(line, paint));
        } else if (line.starts_with(">")) {
            const auto quoted = wrapped(inlined(stripped(line.substr(1)), paint), columns - 4);
            for (const std::string& piece : quoted) lines.push_back("  │ " + piece);
            if (quoted.empty()) lines.emplace_back("  │");
        } else {
            add(inlined(line, paint));
        }
    }
    if (!table.empty()) add_table(lines, table, columns, paint);
    for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
    return lines;
}

}  // namespace qkv::grader
