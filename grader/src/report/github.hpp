// The result for GitHub Actions: annotations at the learner's lines, and the summary of the job.
#pragma once

#include <string>

#include "model/result.hpp"

namespace qkv::grader {

/// A line an exercise that does not compile, or a part that is not earned: ::error file=...,line=...,title=...::text.
/// Nothing that a learner wrote ends the line, or a property of it.
std::string github_annotations(const Result& result);

/// A table of the parts, and what their tests say, as Markdown; what a learner wrote is only ever text in it.
std::string github_summary(const Result& result);

}  // namespace qkv::grader
