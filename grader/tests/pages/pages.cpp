#include "pages/pages.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace qkv::grader {

namespace {

struct Block {
    int line = 0;
    std::string language;  ///< what stands after the opening fence
    std::vector<std::string> commands, numbers;
    bool session = false;  ///< begins with `$ ./`: what a program answers, it words as it likes
};

struct Formula {
    int line = 0;
    std::string text;
};

struct Page {
    std::vector<std::pair<int, std::size_t>> headings;  ///< line and level
    std::vector<Block> blocks;
    std::vector<Formula> displayed, within;
    int table_rows = 0, last_line = 0;
};

bool is_digit(char byte) { return std::isdigit(static_cast<unsigned char>(byte)) != 0; }

/// "0.5", "12": digits, and a point between digits.
void add_numbers(const std::string& line, std::vector<std::string>& numbers) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (!is_digit(line[i])) continue;
        const std::size_t begin = i;
        while (i < line.size() &&
               (is_digit(line[i]) || (line[i] == '.' && i + 1 < line.size() && is_digit(line[i + 1]))))
            ++i;
        numbers.push_back(line.substr(begin, i - begin));
    }
}

/// Up to a mark, without the spaces before it.
std::string before(const std::string& line, const std::string& mark) {
    const std::string kept = line.substr(0, line.find(mark));
    return kept.substr(0, kept.find_last_not_of(' ') + 1);
}

/// A command without what chooses the language.
std::string in_any_language(std::string command) {
    for (const std::string mark : {" --lang zh", ".zh"}) {
        const std::size_t at = command.find(mark);
        if (at != std::string::npos) command.erase(at, mark.size());
    }
    return command;
}

/// Comments, and what explains a command beside it, are words of the language.
void add_code_line(Block& block, const std::string& line) {
    const bool shell = block.language == "sh";
    const std::string code = before(line, shell ? " #" : "//");
    if (shell && !code.empty() && code[0] != '#') block.commands.push_back(in_any_language(code));
    if (shell) return;
    block.session = block.session || line.starts_with("$ ./");
    if (line.starts_with("./") || line.starts_with("$ ./"))
        block.commands.push_back(in_any_language(before(line, "  ")));
    if (!block.session) add_numbers(code, block.numbers);
}

/// A formula without spaces and without words.
std::string bare(const std::string& formula) {
    std::string text;
    for (std::size_t i = 0; i < formula.size();) {
        const auto at = [&](const char* word) { return formula.compare(i, std::string(word).size(), word) == 0; };
        if (at("\\text{")) {
            i = std::min(formula.find('}', i), formula.size() - 1) + 1;
        } else if (at("\\thinspace") || at("\\qquad") || at("\\quad") || at("\\ ")) {
            i += at("\\ ") ? 2 : at("\\quad") ? 5 : at("\\qquad") ? 6 : 10;
        } else {
            if (std::isspace(static_cast<unsigned char>(formula[i])) == 0) text += formula[i];
            ++i;
        }
    }
    while (!text.empty() && (text.back() == '.' || text.back() == ',')) text.pop_back();
    return text;
}

/// The prose of a page has as many lines as the page; `code` spans may hold dollars.
void find_formulas(const std::string& prose, Page& page) {
    int line = 1;
    for (std::size_t i = 0; i < prose.size(); ++i) {
        line += prose[i] == '\n';
        if (prose[i] == '`') {
            const std::size_t end = prose.find_first_of("`\n", i + 1);
            if (end != std::string::npos && prose[end] == '`') i = end;
        }
        if (prose[i] != '$') continue;
        const std::string mark = prose.compare(i, 2, "$$") == 0 ? "$$" : "$";
        const std::size_t begin = i + mark.size(), end = prose.find(mark, begin);
        if (end == std::string::npos) return;
        const std::string formula = prose.substr(begin, end - begin);
        (mark == "$$" ? page.displayed : page.within).push_back({line, bare(formula)});
        line += static_cast<int>(std::ranges::count(formula, '\n'));
        i = end + mark.size() - 1;
    }
}

Page read_page(const std::string& text) {
    Page page;
    std::string prose;
    bool in_code = false;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line); prose += '\n') {
        ++page.last_line;
        while (line.starts_with(">")) line.erase(0, line.starts_with("> ") ? 2 : 1);
        if (line.starts_with("```")) {
            in_code = !in_code;
            if (in_code) page.blocks.push_back({page.last_line, line.substr(3), {}, {}});
        } else if (in_code) {
            add_code_line(page.blocks.back(), line);
        } else {
            const std::size_t level = line.find_first_not_of('#');
            if (level != 0 && level != std::string::npos && line[level] == ' ')
                page.headings.emplace_back(page.last_line, level);
            page.table_rows += line.starts_with("|");
            prose += line;
        }
    }
    find_formulas(prose, page);
    return page;
}

std::set<std::string> texts(const std::vector<Formula>& formulas) {
    std::set<std::string> all;
    for (const Formula& formula : formulas) all.insert(formula.text);
    return all;
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& others) {
    std::set<std::string> rest;
    std::ranges::set_difference(all, others, std::inserter(rest, rest.end()));
    return rest;
}

/// The pieces between double quotes are at odd places.
std::vector<std::string> at_quotes(const std::string& command) {
    std::vector<std::string> pieces{""};
    for (const char byte : command) {
        if (byte == '"')
            pieces.emplace_back();
        else
            pieces.back() += byte;
    }
    return pieces;
}

/// Whether a command is the same in the twin: what is quoted there may be in Chinese, or be the language's code.
bool same_command(const std::string& twin, const std::string& first) {
    const auto ours = at_quotes(twin), theirs = at_quotes(first);
    if (ours.size() != theirs.size()) return false;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const bool chinese =
            std::ranges::any_of(ours[i], [](char byte) { return static_cast<unsigned char>(byte) > 127; });
        const bool words = i % 2 == 1 && (chinese || (ours[i] == "zh" && theirs[i] == "en"));
        if (ours[i] != theirs[i] && !words) return false;
    }
    return true;
}

class Twins {
public:
    Twins(const Page& first, const Page& second) : first_(first), second_(second) {}

    std::vector<PageDifference> all() {
        compare_headings();
        compare_blocks();
        compare_formulas();
        if (first_.table_rows != second_.table_rows)
            different_number("rows of tables", first_.table_rows, second_.table_rows);
        return std::move(found_);
    }

private:
    void add(int line, std::string sentence) { found_.push_back({line, std::move(sentence)}); }

    template <typename Number>
    void different_number(const char* what, Number first, Number second) {
        add(1, fmt::format("{} {} here, {} in the other language", second, what, first));
    }

    void compare_headings() {
        if (first_.headings.size() != second_.headings.size())
            return different_number("headings", first_.headings.size(), second_.headings.size());
        for (std::size_t i = 0; i < first_.headings.size(); ++i) {
            const auto& [line, level] = second_.headings[i];
            if (first_.headings[i].second != level)
                add(line, fmt::format("a heading of level {}, in the other language of level {}", level,
                                      first_.headings[i].second));
        }
    }

    void compare_blocks() {
        if (first_.blocks.size() != second_.blocks.size())
            return different_number("code blocks", first_.blocks.size(), second_.blocks.size());
        for (std::size_t i = 0; i < first_.blocks.size(); ++i) {
            const Block &first = first_.blocks[i], &second = second_.blocks[i];
            const auto differ = [&](const char* what, const auto& ours, const auto& theirs, const auto& same) {
                const auto [mine, other] = std::ranges::mismatch(ours, theirs, same);
                if (mine == ours.end() && other == theirs.end()) return;
                add(second.line,
                    fmt::format("the code block that begins here has {} \"{}\", in the other language \"{}\"", what,
                                mine == ours.end() ? "(none)" : *mine, other == theirs.end() ? "(none)" : *other));
            };
            if (first.language != second.language) {
                add(second.line, fmt::format("a code block marked \"{}\", in the other language marked \"{}\"",
                                             second.language, first.language));
                continue;
            }
            differ("the command", second.commands, first.commands, same_command);
            differ("the number", second.numbers, first.numbers, std::equal_to<>());
        }
    }

    void compare_formulas() {
        if (first_.displayed.size() != second_.displayed.size())
            return different_number("displayed formulas", first_.displayed.size(), second_.displayed.size());
        for (std::size_t i = 0; i < first_.displayed.size(); ++i) {
            if (first_.displayed[i].text != second_.displayed[i].text)
                add(second_.displayed[i].line, "this formula is another one in the other language");
        }
        const auto first = texts(first_.within), second = texts(second_.within);
        for (const std::string& formula : without(first, second))
            add(1, fmt::format("${}$ stands only in the other language", formula));
        for (const Formula& formula : second_.within) {
            if (!first.contains(formula.text))
                add(formula.line, fmt::format("${}$ stands only here, not in the other language", formula.text));
        }
    }

    const Page &first_, &second_;
    std::vector<PageDifference> found_;
};

}  // namespace

std::vector<PageDifference> differences_of_twins(const std::string& first, const std::string& second) {
    const Page page = read_page(first), twin = read_page(second);
    return Twins(page, twin).all();
}

}  // namespace qkv::grader
