// The class page: how everybody did, by points, parts and mistakes. It names nobody: labels, as in the gradebook.
#pragma once

#include <vector>

#include "class/alike.hpp"
#include "class/book/book.hpp"

namespace qkv::grader {

/// Writes class.html: one file that needs nothing else.
void write_overview(const ClassRun& run, const std::vector<Row>& rows, const Likeness& likeness);

}  // namespace qkv::grader
