// A newer kit in a copy that somebody works in: what came with it and is as it came is replaced, nothing else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "handout/contents.hpp"

namespace qkv::grader {

struct Change {
    enum class What {
        added,     ///< was not there
        replaced,  ///< was as handed out
        removed,   ///< was as handed out, and the newer kit has it no more
        kept,      ///< was changed or made here, and is otherwise in the newer kit; or has been dropped there
    };
    What what;
    std::string path;
};

/// What it takes to make `copy` of the newer kit that was written into `fresh`. Changes nothing.
std::vector<Change> changes_of(const std::filesystem::path& copy, const std::filesystem::path& fresh);

/// Moves the files over, the list last: whoever is killed leaves every file whole, and may run it again.
void make_changes(const std::filesystem::path& copy, const std::filesystem::path& fresh,
                  const std::vector<Change>& changes);

}  // namespace qkv::grader
