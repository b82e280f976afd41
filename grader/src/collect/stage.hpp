// One submission, whatever its form, as a folder with <id>.cpp for each exercise: what is graded. Nothing of a
// stranger's names a file there, and no link is followed.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/kit.hpp"

namespace qkv::grader {

/// A thing that was handed in: a folder, an archive, a C++ file or another one, a report say.
struct Piece {
    std::filesystem::path path;
    std::string file;  ///< what the student called it, if it is one file
};

/// What came of it. `files` tells how often each exercise is there: the first folder holds the first attempts, the
/// second the second ones (with the last of every exercise that has fewer), and so on.
struct Staged {
    std::vector<std::filesystem::path> attempts;  ///< folders; at least one, which may be empty
    std::vector<Text> notes;                      ///< what could not be read, or was there twice
};

/// Stages pieces, given oldest first, in `folder`, which must not exist. `exercises`: all that count, with what they
/// need; `known`: ids of all that there are, whose files are nobody's attempt at another. With `every_attempt` false
/// there is one attempt, the latest file of each exercise. Throws Failure (kit_fault) for what the machine cannot read
/// or unpack.
Staged stage(const Toolchain& toolchain, const std::vector<Piece>& pieces, const std::vector<Exercise>& exercises,
             const std::vector<std::string>& known, bool every_attempt, const std::filesystem::path& folder);

}  // namespace qkv::grader
