// The stub in the learner's place: made where there is nothing, put back where there is something, which is kept first.
#ifndef QKV_GRADER_RESET_HPP
#define QKV_GRADER_RESET_HPP

#include <ctime>
#include <filesystem>

#include "catalog.hpp"

namespace qkv {

/// Makes the learner's file from the stub where there is none; false if there was one, which nothing here overwrites,
/// whoever else makes it at that moment. Throws Failure (wrong_usage) if the folder cannot be written.
bool make_from_stub(const Exercise& exercise, Language language);

struct Reset {
    bool was_stub = false;       ///< the file equals the stub already; nothing was done
    std::filesystem::path kept;  ///< where the learner's version is now; empty if there was none
};

/// Whoever is killed in the middle leaves either the learner's file in its place, or the stub there and
/// the learner's whole version in `kept_folder`. Nothing is overwritten in that folder; `now` goes
/// into the name. Throws Failure (wrong_usage), nothing changed, if the file is no regular file or a
/// folder cannot be written.
Reset put_stub_back(const Exercise& exercise, const std::filesystem::path& kept_folder, std::time_t now,
                    Language language);

}  // namespace qkv

#endif
