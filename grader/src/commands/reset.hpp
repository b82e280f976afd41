// Puts an exercise's stub back in place of the learner's file, which is kept aside first.
#pragma once

#include <ctime>
#include <filesystem>

#include "model/catalog.hpp"

namespace qkv::grader {

struct Reset {
    bool was_stub = false;       ///< the file equals the stub already; nothing was done
    std::filesystem::path kept;  ///< where the learner's version is now; empty if there was none
};

/// Whoever is killed in the middle leaves either the learner's file in its place, or the stub there and the learner's
/// whole version in `kept_folder`. Nothing is overwritten in that folder; `now` goes into the name. Throws Failure
/// (wrong_usage), nothing changed, if the file is no regular file or a folder cannot be written.
Reset put_stub_back(const Exercise& exercise, const std::filesystem::path& kept_folder, std::time_t now);

}  // namespace qkv::grader
