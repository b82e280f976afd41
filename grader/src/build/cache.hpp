// What was built from what: a folder for each result, named by the hash of its key. A result is made in a folder aside
// and published by one rename, so that nobody ever sees half of one, whoever else builds the same.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace qkv::grader {

/// A published folder, held as long as this lives.
struct Kept {
    std::filesystem::path folder;
    std::shared_ptr<const void> held;
};

/// The folder that was published under this key, marked as used now; nothing if there is none. The whole key is kept
/// and compared: a file made to have another's hash is not taken for it.
std::optional<Kept> find_built(const std::filesystem::path& cache, const std::string& key);

/// Lets `make` fill an empty folder and publishes it if that returns true; else nothing is kept. Returns the published
/// folder, which may be that of another who was faster. Throws what `make` throws, and Failure (kit_fault) if the
/// folder cannot be written.
std::optional<Kept> publish(const std::filesystem::path& cache, const std::string& key,
                            const std::function<bool(const std::filesystem::path& folder)>& make);

}  // namespace qkv::grader
