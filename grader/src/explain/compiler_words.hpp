// What a compiler said, cut down to what helps a learner.
#ifndef QKV_EXPLAIN_COMPILER_WORDS_HPP
#define QKV_EXPLAIN_COMPILER_WORDS_HPP

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/text.hpp"

namespace qkv::grader {

/// The compiler's output with the learner's own path instead of that of the copy it compiled.
std::string as_learner_knows(const std::string& output, const std::string& path, const std::filesystem::path& folder);

/// The first error, its place, and the few lines that belong to it, without walls of template types. If it
/// lies in a library, its place is the line of the learner's file (`path`) that led there.
std::string first_error(const std::string& diagnostics, const std::string& path = "");

/// Moves a line of code and the line with the caret below it to the left together, so that the caret stands within so
/// many columns.
void show_caret(std::string& code, std::string& caret, std::size_t columns);

/// The errors may come from what older clangs lack of C++20: views, emplace_back of aggregates, structured bindings in
/// lambdas. Then GCC is worth a try.
bool is_beyond_clang(const std::string& diagnostics);

/// A sentence about the error, if it is one that graded functions bring about; else empty.
Text explain_error(const std::string& diagnostics, const std::string& exercise_id);

/// The compiler or linker wrote more than it may.
Text object_size_words(double megabytes);

/// The file calls a function that the exercise forbids.
Text forbidden_words(const std::string& function, const std::string& exercise_id);

/// The compiler took longer than it may.
Text compile_timeout_words(double seconds);

}  // namespace qkv::grader

#endif
