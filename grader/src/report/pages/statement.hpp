// A statement (Markdown as the READMEs of exercises use it) for a terminal, formulas in Unicode.
#pragma once

#include <string>
#include <vector>

#include "report/paint.hpp"

namespace qkv::grader {

/// Lines without their breaks, none wider than `columns` but those of code.
std::vector<std::string> readable(const std::string& markdown, std::size_t columns, const Paint& paint);

}  // namespace qkv::grader
