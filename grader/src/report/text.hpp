// The result for a person at a terminal: a line an exercise, then the one thing to do next.
#pragma once

#include <filesystem>
#include <string>

#include "model/result.hpp"

namespace qkv::grader {

/// `color` asks for ANSI colours.
std::string to_text(const Result& result, bool color);

/// "sum" for the course, or the name of the tally.
Text words_for(Tally tally);

/// True if standard output is a terminal and NO_COLOR is not set.
bool wants_color();

/// A path relative to the current folder if it lies in there.
std::string shown_path(const std::filesystem::path& path);

}  // namespace qkv::grader
