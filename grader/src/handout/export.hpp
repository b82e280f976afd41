// What a service needs to grade: each has a file of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "commands/commands.hpp"

namespace qkv::grader {

/// What is exported, for whom.
struct Export {
    std::filesystem::path folder;     ///< where the files go; made if it is not there
    std::vector<Exercise> exercises;  ///< that are graded there; at least one
    std::uint64_t seed = 0;           ///< of the hidden tests, the same for everybody
    Language language = Language::en;

    std::string ids() const;  ///< "attention encoder"
};

/// The refusal to write over a file of somebody else's.
Failure not_written_by_export(const std::filesystem::path& file);

/// Writes autograder.zip: setup.sh, run_autograder, and the kit with its solutions as git tracks them, without history.
/// Returns what to do with it. Throws Failure.
Text export_gradescope(const Kit& kit, const Export& wanted);

/// Writes .github/workflows/qkv.yml, for a repository of the learners' copy. Likewise.
Text export_github(const Kit& kit, const Export& wanted);

}  // namespace qkv::grader
