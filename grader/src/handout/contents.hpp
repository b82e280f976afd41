// What is handed out: which files of the kit, what they say in a learners' copy, and the list of them that goes along.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/kit.hpp"

namespace qkv::grader {

/// A file of the copy; its path is relative to the copy's root.
struct HandedOut {
    std::string path, text;
    bool executable = false;
};

struct Contents {
    std::vector<HandedOut> files;        ///< in the order of their paths
    std::vector<std::string> untracked;  ///< lie in the kit's folders, but not in its repository: they stay out
};

/// The name of the list in a copy, and whether a folder is one.
inline constexpr const char* handout_list = ".handout";
bool is_handout(const std::filesystem::path& root);

/// What git tracks of the kit, or, where the kit is no checkout, what lies in its folders and is not ignored; without
/// what learners must not have. Of a copy: what came with it. Throws Failure if git cannot be run, or if a file of the
/// copy is not as it came.
Contents contents_of(const Kit& kit);

/// A page as learners read it: "<!-- kit only -->" to "<!-- end -->" is left out, "<!-- copy only" to "-->" is there,
/// and commands that need solutions are no longer among the examples.
std::string page_for_learners(const std::string& page);

/// The list of a copy: by path the SHA-256 of what was handed out. Empty if there is no list.
using Hashes = std::map<std::string, std::string>;
Hashes read_list(const std::string& text);

/// The SHA-256 of those files below the folder, by path. Throws Failure (kit_fault) if they cannot be read.
Hashes hashes_of(const std::filesystem::path& folder, const std::vector<std::string>& paths);

/// Writes the files and their list into a new folder; every file is there or not, whole.
void write_contents(const Contents& contents, const std::filesystem::path& folder, const std::string& version);

}  // namespace qkv::grader
