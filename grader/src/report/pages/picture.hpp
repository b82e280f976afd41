// Pictures of matrices: their colours, and how they look in a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "record/picture.hpp"

namespace qkv::grader {

using record::Look;
using record::Picture;

struct Rgb {
    std::uint8_t red, green, blue;
    bool operator==(const Rgb&) const = default;
};

/// The largest size of a picture's numbers; what has this size gets the strongest colour. At least the smallest
/// normal number, so that it can be divided by.
double largest_of(const Picture& picture);

/// The colour of a number. Strong ones are dark, so that black is readable on blank ones and white on strong ones.
Rgb color_of(Look look, double value, double largest);

/// Whether black is easier to read on this colour than white.
bool is_light(Rgb color);

/// A number in few letters: two digits behind the point where that tells something, none where it is whole.
std::string short_number(double value);

inline std::size_t rows_of(const Picture& picture) { return static_cast<std::size_t>(picture.rows); }
inline std::size_t columns_of(const Picture& picture) { return static_cast<std::size_t>(picture.columns); }
std::string title_of(const Picture& picture, Language language);
std::string row_name(const Picture& picture, std::size_t row);
std::string column_name(const Picture& picture, std::size_t column);

/// What a terminal can show.
enum class Colors { none, indexed, direct };  // shaded blocks; 256 colours; true colour
const char* name_of(Colors colors);           ///< as in --colors

/// What this one says that it can (COLORTERM, TERM).
Colors terminal_colors();

struct Canvas {
    std::size_t columns = 80;
    Colors colors = Colors::none;
};

/// Lines without their breaks, none wider than the canvas: the title, the names of the columns, a line a row, the
/// scale. Numbers are written into the cells where there is room; what does not fit is left out, and that is said.
std::vector<std::string> drawn(const Picture& picture, const Canvas& canvas, Language language);

}  // namespace qkv::grader
