// Files: read whole, written whole, and told apart.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace qkv::grader {

/// The bytes of a file; empty if it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// Written aside and renamed, so that nobody ever finds half of it: whoever is killed, and whatever fails, leaves the
/// old file. Throws std::filesystem::filesystem_error.
void write_file(const std::filesystem::path& path, const std::string& text);

/// What stands for a built file's content: its path, its size and the time of its last change.
/// Throws Failure (kit_fault) if there is no such file.
std::string fingerprint(const std::filesystem::path& path);

/// Once a folder holds more than `many` entries, removes the oldest that were not touched for ten minutes (a
/// grading that runs now is safe) until two thirds of that are left.
void forget_old(const std::filesystem::path& folder, std::size_t many);

/// FNV-1a: short names for long keys. No protection: whoever uses it compares the whole key.
std::uint64_t hash(const std::string& text);

}  // namespace qkv::grader
