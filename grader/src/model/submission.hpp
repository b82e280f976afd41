// Finds the learner's files: one folder, and in it for each exercise <id>.cpp or <id>/<id>.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "model/build_fault.hpp"
#include "model/catalog.hpp"

namespace qkv::grader {

/// One learner's file, read once: what is compiled is what was read.
struct SourceFile {
    std::filesystem::path path;  ///< as the learner knows it
    std::string text;
    BuildFault fault;  ///< why it cannot be graded
};

/// The learner's file for an exercise; nothing if the folder has none. Only regular files are read,
/// and only up to the exercise's limit. Throws Failure (kit_fault) for what the machine cannot read.
std::optional<SourceFile> find_source(const std::filesystem::path& folder, const Exercise& exercise);

/// Reads one file, likewise.
SourceFile read_source(const std::filesystem::path& path, const Exercise& exercise);

}  // namespace qkv::grader
