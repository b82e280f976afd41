// What each student is told: a text and a page, in files that only they and the instructor see.
#pragma once

#include <vector>

#include "class/book/book.hpp"

namespace qkv::grader {

/// Writes feedback/<name>.txt and .html for everybody who handed something in, and removes those of an older run.
void write_feedback(const ClassRun& run, const std::vector<Row>& rows);

}  // namespace qkv::grader
