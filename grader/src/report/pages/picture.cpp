#include "report/pages/picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>

#include <fmt/format.h>

namespace qkv::grader {

namespace {

/// The colour at `t` of the way from the first to the last, evenly spaced.
template <std::size_t N>
Rgb between(const std::array<Rgb, N>& stops, double t) {
    const double place = std::clamp(t, 0.0, 1.0) * (N - 1);
    const std::size_t left = std::min(static_cast<std::size_t>(place), N - 2);
    const double rest = place - static_cast<double>(left);
    const auto mixed = [&](std::uint8_t from, std::uint8_t to) {
        return static_cast<std::uint8_t>(std::lround(from + rest * (to - from)));
    };
    const Rgb a = stops[left], b = stops[left + 1];
    return {mixed(a.red, b.red), mixed(a.green, b.green), mixed(a.blue, b.blue)};
}

constexpr Rgb blank = {246, 247, 249};
constexpr std::array<Rgb, 4> blues = {{blank, {158, 197, 229}, {52, 122, 184}, {10, 44, 92}}};
constexpr std::array<Rgb, 4> reds = {{blank, {242, 178, 142}, {200, 76, 52}, {110, 16, 26}}};
constexpr std::array<Rgb, 2> grays = {{{0, 0, 0}, {255, 255, 255}}};

/// Of xterm's 256 colours those that grow darker step by step; the nearest ones to ours would not.
int indexed(Look look, double value, double largest) {
    constexpr std::array<int, 9> blue = {231, 189, 153, 117, 75, 32, 25, 18, 17};
    constexpr std::array<int, 9> red = {231, 224, 217, 210, 203, 160, 124, 88, 52};
    constexpr int first_gray = 232, last_gray = 23;
    if (look == Look::image) return first_gray + static_cast<int>(std::lround(std::clamp(value, 0.0, 1.0) * last_gray));
    const double t = std::clamp(std::abs(value) / largest, 0.0, 1.0);
    const auto step = static_cast<std::size_t>(std::lround(t * (blue.size() - 1)));
    return value < 0 ? red[step] : blue[step];
}

/// What xterm shows for an index: its cube of 6 x 6 x 6, or its grays.
Rgb color_of_index(int index) {
    constexpr std::array<std::uint8_t, 6> levels = {0, 95, 135, 175, 215, 255};
    const auto gray = static_cast<std::uint8_t>(8 + 10 * (index - 232));
    if (index >= 232) return {gray, gray, gray};
    const auto level = [&](int place) { return levels[static_cast<std::size_t>((index - 16) / place % 6)]; };
    return {level(36), level(6), level(1)};
}

/// A text on the colour of a number.
std::string on_color(const std::string& text, Look look, double value, double largest, Colors colors) {
    if (colors == Colors::indexed) {
        const int index = indexed(look, value, largest), ink = is_light(color_of_index(index)) ? 16 : 231;
        return fmt::format("\x1b[38;5;{};48;5;{}m{}\x1b[0m", ink, index, text);
    }
    const Rgb color = color_of(look, value, largest);
    return fmt::format("\x1b[38;2;{0};{0};{0};48;2;{1};{2};{3}m{4}\x1b[0m", is_light(color) ? 0 : 255, color.red,
                       color.green, color.blue, text);
}

/// Where there is no colour: five shades, and a minus before what is below 0.
std::string shaded(Look look, double value, double largest, std::size_t columns) {
    constexpr std::array<const char*, 5> shades = {" ", "░", "▒", "▓", "█"};
    const double t = look == Look::image ? std::clamp(value, 0.0, 1.0) : std::min(std::abs(value) / largest, 1.0);
    constexpr double nothing = 0.005;  // as it is written
    const std::size_t shade = t < nothing ? 0 : std::min<std::size_t>(1 + static_cast<std::size_t>(t * 4), 4);
    const bool sign = look == Look::values && value < 0 && shade > 0 && columns > 1;
    std::string text = sign ? "-" : "";
    for (std::size_t i = sign ? 1 : 0; i < columns; ++i) text += shades[shade];
    return text;
}

struct Layout {
    std::size_t names = 0;    ///< columns of the terminal that the names of the rows take
    std::size_t cell = 2;     ///< and each cell
    std::size_t columns = 0;  ///< of the picture that are shown
    bool numbers = false;
};

constexpr std::size_t margin = 4, most_rows = 96, widest_name = 16, tallest_name = 8;

Layout layout_of(const Picture& picture, const Canvas& canvas) {
    Layout layout;
    for (std::size_t i = 0; i < rows_of(picture); ++i)
        layout.names = std::max(layout.names, std::min(width(row_name(picture, i)), widest_name));
    const std::size_t used = margin + layout.names + 1, room = canvas.columns > used ? canvas.columns - used : 1;
    const std::size_t columns = columns_of(picture);
    constexpr std::size_t with_number = 6;
    const auto fits = [](double value) { return short_number(value).size() < with_number; };
    layout.numbers =
        picture.look != Look::image && columns * with_number <= room && std::ranges::all_of(picture.values, fits);
    layout.cell = layout.numbers ? with_number : columns * 2 <= room ? 2 : 1;
    layout.columns = std::min(columns, std::max<std::size_t>(room / layout.cell, 1));
    return layout;
}

std::string cell(const Picture& picture, double value, double largest, const Layout& layout, Colors colors) {
    const std::string number = layout.numbers ? fmt::format("{:>{}}", short_number(value), layout.cell - 1) + " " : "";
    if (colors == Colors::none) {
        if (!layout.numbers) return shaded(picture.look, value, largest, layout.cell);
        const std::string shade = shaded(Look::weights, std::abs(value), largest, 1);
        return number.substr(0, number.size() - 1) + shade;
    }
    return on_color(layout.numbers ? number : std::string(layout.cell, ' '), picture.look, value, largest, colors);
}

/// A name in pieces for lines one below the other: wide cells take several letters a line, narrow ones a letter each.
std::vector<std::string> pieces_of(const std::string& name, std::size_t room, std::size_t most) {
    std::vector<std::string> pieces;
    for (const std::string& letter : letters_of(name)) {
        const std::string shown = width(letter) > room ? "?" : letter;
        if (pieces.empty() || width(pieces.back() + shown) > room) pieces.emplace_back();
        pieces.back() += shown;
    }
    if (pieces.size() > most) {
        pieces.resize(most);
        pieces.back() = shortened(pieces.back(), room - 1) + "…";
    }
    return pieces;
}

/// The names of the columns, which end above the first row; none where cells of one column would be counted.
std::vector<std::string> column_names(const Picture& picture, const Layout& layout) {
    if (layout.cell < 2 && picture.column_names.empty()) return {};
    const std::size_t room = layout.numbers                                    ? layout.cell - 1
                             : layout.cell < 2 || picture.column_names.empty() ? layout.cell
                                                                               : 1;
    std::vector<std::vector<std::string>> names;
    std::size_t height = 0;
    for (std::size_t j = 0; j < layout.columns; ++j) {
        // Counted columns of two digits would run together.
        const bool every_fifth = picture.column_names.empty() && !layout.numbers && layout.columns > 10;
        const std::string name = every_fifth && j % 5 != 0 ? " " : column_name(picture, j);
        const bool wide = !layout.numbers && width(letters_of(name + " ").front()) > room;
        names.push_back(pieces_of(name, wide ? layout.cell : room, layout.numbers ? 3 : tallest_name));
        height = std::max(height, names.back().size());
    }
    std::vector<std::string> lines(height, std::string(margin + layout.names + 1, ' '));
    for (const auto& pieces : names) {
        const std::size_t above = height - pieces.size();
        for (std::size_t line = 0; line < height; ++line) {
            const std::string piece = line < above ? "" : pieces[line - above];
            const std::size_t before = layout.numbers ? room - width(piece) : 0;
            lines[line] += padded(std::string(before, ' ') + piece, layout.cell);
        }
    }
    return lines;
}

/// From the blank end to the strong one, with the numbers they stand for.
std::string scale_line(const Picture& picture, double largest, Colors colors) {
    const bool both = picture.look == Look::values;
    const double from = both ? -largest : 0, to = picture.look == Look::image ? 1 : largest;
    constexpr int steps = 9;
    std::string line = std::string(margin, ' ') + fmt::format("{:.2g} ", from);
    for (int i = 0; i < steps; ++i) {
        // By sixteenths: from the smallest number to the largest is further than any number.
        const double value = 16 * (from / 16 + (to / 16 - from / 16) * i / (steps - 1));
        line += colors == Colors::none ? shaded(picture.look, value, largest, both ? 2 : 1)
                                       : on_color(" ", picture.look, value, largest, colors);
    }
    return line + fmt::format(" {:.2g}", to);
}

void end_without_spaces(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

}  // namespace

const char* name_of(Colors colors) {
    return colors == Colors::direct ? "true" : colors == Colors::indexed ? "256" : "none";
}

Colors terminal_colors() {
    const auto says = [](const char* name, const char* piece) {
        const char* value = std::getenv(name);
        return value != nullptr && std::string_view(value).find(piece) != std::string_view::npos;
    };
    if (says("COLORTERM", "truecolor") || says("COLORTERM", "24bit")) return Colors::direct;
    return says("TERM", "256color") ? Colors::indexed : Colors::none;
}

double largest_of(const Picture& picture) {
    double largest = std::numeric_limits<double>::min();
    for (const double value : picture.values) largest = std::max(largest, std::abs(value));
    return largest;
}

Rgb color_of(Look look, double value, double largest) {
    if (look == Look::image) return between(grays, value);
    return value < 0 ? between(reds, -value / largest) : between(blues, value / largest);
}

bool is_light(Rgb color) {
    // Relative luminance as in the Web Content Accessibility Guidelines 2.1, at the point where black and white are
    // alike.
    const auto linear = [](std::uint8_t level) {
        const double x = level / 255.0;
        return x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue) > 0.179;
}

std::string short_number(double value) {
    const double size = std::abs(value);
    if (value == std::round(value) && size < 10000) return fmt::format("{:.0f}", std::abs(value) == 0 ? 0 : value);
    if (size < 0.005) return "0.00";
    if (size < 99.95) return fmt::format("{:.{}f}", value, size < 9.995 ? 2 : 1);
    return size < 9999.5 ? fmt::format("{:.0f}", value) : fmt::format("{:.0e}", value);
}

std::string title_of(const Picture& picture, Language language) {
    return clean(Text{picture.title_en, picture.title_zh}.in(language), 400);
}

std::string row_name(const Picture& picture, std::size_t row) {
    return clean(row < picture.row_names.size() ? picture.row_names[row] : std::to_string(row), 64);
}

std::string column_name(const Picture& picture, std::size_t column) {
    return clean(column < picture.column_names.size() ? picture.column_names[column] : std::to_string(column), 64);
}

std::vector<std::string> drawn(const Picture& picture, const Canvas& canvas, Language language) {
    std::vector<std::string> lines = wrapped("  " + title_of(picture, language), canvas.columns);
    if (picture.rows == 0 || picture.columns == 0) return lines;
    const Layout layout = layout_of(picture, canvas);
    const double largest = largest_of(picture);
    for (std::string& line : column_names(picture, layout)) lines.push_back(std::move(line));
    const std::size_t rows = std::min(rows_of(picture), most_rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string name = shortened(row_name(picture, i), layout.names);
        lines.push_back(std::string(margin + layout.names - width(name), ' ') + name + " ");
        for (std::size_t j = 0; j < layout.columns; ++j)
            lines.back() += cell(picture, picture.values[i * columns_of(picture) + j], largest, layout, canvas.colors);
    }
    lines.push_back(scale_line(picture, largest, canvas.colors));
    if (rows < rows_of(picture) || layout.columns < columns_of(picture))
        lines.push_back(std::string(margin, ' ') +
                        say({"shown: {} of {} rows, {} of {} columns", "只显示了 {} / {} 行、{} / {} 列"}, language,
                            rows, picture.rows, layout.columns, picture.columns));
    std::ranges::for_each(lines, end_without_spaces);
    return lines;
}

}  // namespace qkv::grader
