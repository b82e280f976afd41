// The result as Gradescope's results.json: a test a part.
#pragma once

#include <string>

#include "model/result.hpp"

namespace qkv::grader {

/// Learners see their parts and what the visible tests say; what hidden tests say, once grades are published. All of it
/// is plain text. If an exercise could not be graded there are no scores at all, and whoever reads it learns why.
std::string to_gradescope(const Result& result);

/// The same where nothing could be graded; `why` is for the instructor alone.
std::string not_graded_for_gradescope(const Text& why, Language language);

}  // namespace qkv::grader
