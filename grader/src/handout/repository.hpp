// The copy as a git repository: its first commit, and one for each update.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace qkv::grader {

/// Runs git in a folder with nobody's settings, hooks or signatures; returns what it prints. Throws Failure (kit_fault)
/// with git's words if it fails.
std::string git(const std::filesystem::path& folder, const std::vector<std::string>& arguments);

/// The names in what git prints with -z.
std::vector<std::string> names_in(const std::string& text);

/// Whether a repository, here or above, tracks something of this name in the folder.
bool is_tracked(const std::filesystem::path& folder, const std::string& name);

/// When the kit's last commit was made, as git dates: the same kit makes the same commit. Empty: not known.
std::string date_of(const std::filesystem::path& kit);

/// Makes the folder a repository whose one commit holds everything in it.
void first_commit(const std::filesystem::path& folder, const std::string& message, const std::string& date);

/// One commit more, of these files alone, those that are gone among them; whatever else was changed or staged stays as
/// it was. False if the folder is no repository, or if nothing of them has changed. Whoever is killed here may run it
/// again. Throws Failure (kit_fault) with git's words.
bool commit_files(const std::filesystem::path& folder, const std::vector<std::string>& paths,
                  const std::string& message, const std::string& date);

}  // namespace qkv::grader
