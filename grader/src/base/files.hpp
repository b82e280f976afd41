// Files: read whole, written whole, and told apart.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace qkv::grader {

/// The bytes of a file; empty if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// A word that no other process has, on whatever machine: for names aside. Many machines may write in one folder, and
/// their processes have the same numbers.
std::string own_word();

/// Written aside and renamed, so that nobody ever finds half of it: whoever is killed, and whatever fails, leaves the
/// old file. Throws std::filesystem::filesystem_error.
void write_file(const std::filesystem::path& path, const std::string& text);

/// Whether a file of so many bytes can be made in a folder now. What a file system says it has free knows of no quota.
bool has_room(const std::filesystem::path& folder, std::uintmax_t bytes);

/// What stands for a built file's content: its path, its size and the time of its last change.
/// Throws Failure (kit_fault) if there is no such file.
std::string fingerprint(const std::filesystem::path& path);

/// Holds a folder as long as it lives: forget_old leaves it alone, in whatever process. Null if there is no such
/// folder.
std::shared_ptr<const void> hold(const std::filesystem::path& folder);

/// Once a folder's entries take more than so many bytes, removes the oldest that nobody holds until two thirds of that
/// are left. Returns how many bytes its entries take then.
std::uintmax_t forget_old(const std::filesystem::path& folder, std::uintmax_t bytes);

/// Says that so many bytes were added to a folder, and forgets old ones once it may hold more than so many. A count
/// beside the folder saves looking at every entry each time: hundreds of them took as long as the rest of a grading.
void keep_below(const std::filesystem::path& folder, std::uintmax_t bytes, std::uintmax_t added);

/// FNV-1a: short names for long keys. No protection: whoever uses it compares the whole key.
std::uint64_t hash(const std::string& text);

}  // namespace qkv::grader
