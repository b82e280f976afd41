// How a learner's file becomes a worker, as CMake wrote it down in toolchain.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "walls/sandbox.hpp"

namespace qkv::grader {

struct Toolchain {
    std::string kit_version;
    std::filesystem::path source;     ///< the kit's own folder, with its templates
    std::filesystem::path build;      ///< CMake's binary directory
    std::filesystem::path exercises;  ///< where tests and glue of the exercises are built
    std::string clang, clang_version;
    /// The linker and its arguments; "OBJECTS" stands for what is linked, "WORKER" for the result.
    std::vector<std::string> link;
    std::string ld, objcopy, nm, addr2line, objdump;
    std::vector<std::string> flags;  ///< of a learner's file, for any compiler
    std::filesystem::path warm_header, warm_object, worker_library, confine;
    std::filesystem::path enclose;  ///< the launcher with Landlock
    Walls walls;                    ///< that work here; found when something is to be graded
    bool sanitize = false;          ///< workers with ASan and UBSan in them, and without walls
    std::string text;               ///< the whole file: a change of it changes every worker

    std::filesystem::path kept;  ///< where workers and what tests said of them are kept

    std::filesystem::path exercise_folder(const std::string& id) const { return exercises / id; }
    std::filesystem::path workers() const { return kept / "workers"; }
    std::filesystem::path results() const { return kept / "results"; }
};

/// Throws Failure (kit_fault) if the file cannot be read.
Toolchain load_toolchain(const std::filesystem::path& path);

}  // namespace qkv::grader
