// What a compiler said, cut down to what helps a learner.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "model/result.hpp"

namespace qkv::grader {

/// The first error, its place, and the few lines that belong to it, without walls of template types. If it
/// lies in a library, its place is the line of the learner's file (`path`) that led there.
std::string first_error(const std::string& diagnostics, const std::string& path = "");

/// Moves a line of code and the line with the caret below it to the left together, so that the caret stands within so
/// many columns.
void show_caret(std::string& code, std::string& caret, std::size_t columns);

/// The errors may come from what older clangs lack of C++20: views, emplace_back of aggregates, structured bindings in
/// lambdas. Then GCC is worth a try.
bool is_beyond_clang(const std::string& diagnostics);

/// A sentence about the error, if it is one that graded functions bring about; else empty. The code in the
/// learner's file (`path`) has its say: the compiler's words for `a ** b` are about pointers.
Text explain_error(const std::string& diagnostics, const std::string& exercise_id, const std::string& path = "");

/// Why a file has no worker, where that is not for the compiler to say; else empty.
std::string fault_words(const ExerciseResult& result, Language language);

/// What the fault means, or the compiler's first error, if it is one that graded functions bring about; else empty.
std::string build_advice(const ExerciseResult& result, Language language);

// What a compiler warned of in a file that compiles: often the very mistake.

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
