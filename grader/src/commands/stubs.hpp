// The stub in the place of the learner's file: made where there is none, followed until it is begun, put back on
// demand. Which stub each file was made from is kept in .qkv/stubs/, so that a corrected stub reaches whoever has not
// begun, and the others hear of it.
#pragma once

#include <ctime>
#include <filesystem>
#include <optional>

#include "model/catalog.hpp"

namespace qkv::grader {

/// What became of a learner's file.
struct StubNews {
    enum class What {
        made,       ///< it was not there, and is the stub now
        corrected,  ///< it was the old stub, and is the new one now
        changed,    ///< the learner has begun: their file is untouched; told once for each change of the stub
    };
    What what = What::made;
    std::filesystem::path made_from;  ///< the stub that the file was made from
};

/// Makes the learner's file where it is missing, and follows the stub. Nothing where there is no news. A file that is
/// there is never overwritten, whoever else makes it at that moment.
/// Throws Failure (wrong_usage) if a file that is missing cannot be made.
std::optional<StubNews> follow_stub(const std::filesystem::path& root, const Exercise& exercise);

/// The learner's file is the stub of today: remembers that.
void remember_stub(const std::filesystem::path& root, const Exercise& exercise);

struct Reset {
    bool was_stub = false;       ///< the file equals the stub already; nothing was done
    std::filesystem::path kept;  ///< where the learner's version is now; empty if there was none
};

/// Whoever is killed in the middle leaves either the learner's file in its place, or the stub there and the learner's
/// whole version in `kept_folder`. Nothing is overwritten in that folder; `now` goes into the name. Throws Failure
/// (wrong_usage), nothing changed, if the file is no regular file or a folder cannot be written.
Reset put_stub_back(const Exercise& exercise, const std::filesystem::path& kept_folder, std::time_t now);

}  // namespace qkv::grader
