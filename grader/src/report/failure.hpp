// The one failure that a report shows: what the law says, what came instead, what to do next.
#pragma once

#include <cstddef>
#include <string>

#include "model/result.hpp"
#include "report/paint.hpp"

namespace qkv::grader {

/// No line of a report is wider, but for lines of code and of a compiler.
constexpr std::size_t report_columns = 100;

/// What to look at first in an exercise that is not finished: a heading, six lines (up to nine and the hint if the
/// explanation needs them: only what the learner's own code printed is cut), and the command that shows more. Of an
/// exercise graded by --part ID/PART it is all.
std::string next_step(const ExerciseResult& result, const Result& all, const Paint& paint);

/// Every test of a part that is not passed, whole: of its hidden tests, or of the others. Empty if all are passed.
std::string all_failures(const PartResult& part, bool hidden, Language language);

/// The compiler's first error at its place in the learner's file, and what it means.
std::string build_failure(const ExerciseResult& result, const Paint& paint);

/// The part whose message helps most: the first that failed, else the first that waits to be written; null if none.
const PartResult* part_to_show(const ExerciseResult& result);

/// The test of a part whose message helps most; null if all are passed.
const TestResult* test_to_show(const PartResult& part);

}  // namespace qkv::grader
