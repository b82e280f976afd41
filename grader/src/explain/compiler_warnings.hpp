// What a compiler warned of in a file that compiles: often the very mistake.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "model/result.hpp"

namespace qkv::grader {

struct CompilerWarning {
    int line = 0;  ///< in the learner's file, from 1
    Text words;
};

/// The first warning about a line of the learner's own file (`path`) that matters and may explain a wrong result; one
/// about a value that is not used only where there is no other.
std::optional<CompilerWarning> first_warning(const std::string& diagnostics, const std::string& path,
                                             const std::function<bool(int line)>& matters);

/// The one that may explain why this part failed: not one within a function that its tests do not call.
std::optional<CompilerWarning> warning_for(const ExerciseResult& result, const PartResult& part);

}  // namespace qkv::grader
