#include "watch/view.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace qkv::grader {

namespace {

std::string title(const WatchView& view, Language language) {
    const Text began = view.by_key ? Text{"graded", "评分"} : Text{"saved", "存盘"};
    const Text state = view.grading         ? Text{"grading…", "评分中…"}
                       : view.saved.empty() ? Text{"waiting for you to save", "等你存盘"}
                                            : said({"{} {}, verdict after {:.2f} s", "{1} {0}，{2:.2f} 秒后得到结果"},
                                                   began, view.saved, view.seconds);
    return fmt::format("  qkv watch · {}   {}", view.exercise->id, state.in(language));
}

/// While a grading runs: each part's verdict as soon as it is known.
std::string parts_so_far(const WatchView& view, Language language) {
    std::size_t columns = 0;
    for (const Part& part : view.exercise->parts) columns = std::max(columns, width(part.id));
    std::string text = "\n";
    for (const Part& part : view.exercise->parts) {
        const auto passed = view.passed.find(part.id);
        const char* mark = passed == view.passed.end() ? "…" : passed->second ? "✓" : "✗";
        text += fmt::format("    {} {}  {}\n", mark, padded(part.id, columns), part.title.in(language));
    }
    return text;
}

std::string keys(Language language, bool compares) {
    const Text compare = compares ? Text{"c compare  ", "c 对比  "} : Text{};
    return say({"  h hint  n next  l list  {}s show  g {}  r again  q quit",
                "  h 提示  n 下一步  l 列表  {}s 看图  g {}  r 重新评分  q 退出"},
               language, compare, entry_after(language).name);
}

std::string body(const WatchView& view, Language language) {
    if (view.asking) return view.panel + "\n  …\n";
    if (!view.panel.empty()) return view.panel + say({"\n  Esc: back\n", "\n  Esc 返回\n"}, language);
    return view.grading && !view.passed.empty() ? parts_so_far(view, language) : view.report;
}

/// As many lines as there is room for, and how many more there are.
std::vector<std::string> window(std::vector<std::string> lines, Size size, std::size_t& scrolled, Language language) {
    if (lines.size() <= size.rows || size.rows == 0) {
        scrolled = 0;
        lines.resize(std::min(lines.size(), size.rows));
        return lines;
    }
    const std::size_t shown = size.rows - 1;
    scrolled = std::min(scrolled, lines.size() - shown);
    const std::size_t below = lines.size() - shown - scrolled;
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(scrolled));
    lines.resize(shown);
    const Text note =
        below > 0 ? Text{"  ↓ {} more lines", "  ↓ 下面还有 {} 行"} : Text{"  ↑ more above", "  ↑ 上面还有"};
    lines.push_back(wrapped(say(note, language, below), size.columns).front());
    return lines;
}

}  // namespace

std::vector<std::string> picture(WatchView& view, Size size, Language language, bool color) {
    const auto paint = [&](const char* code, const std::string& text) {
        return color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
    };
    std::vector<std::string> lines = wrapped(paint("1", title(view, language)), size.columns);
    const auto add = [&](const std::string& text) {
        for (std::string& line : wrapped(text, size.columns)) lines.push_back(std::move(line));
    };
    add(paint("2", "  " + view.path));
    if (!view.banner.empty()) add(paint("32", view.banner));
    const auto last = wrapped(paint("2", keys(language, view.compares)), size.columns);
    const std::size_t room = size.rows > last.size() ? size.rows - last.size() : 0;
    lines.resize(std::min(lines.size(), room));
    const Size left{room - lines.size(), size.columns};
    for (std::string& line : window(wrapped(body(view, language), size.columns), left, view.scrolled, language))
        lines.push_back(std::move(line));
    lines.resize(room);
    for (const std::string& line : last) lines.push_back(line);
    lines.resize(std::min(lines.size(), size.rows));
    return lines;
}

}  // namespace qkv::grader
