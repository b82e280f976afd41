// Which stub each learner's file was made from, kept in .qkv/stubs/, so that a corrected stub reaches whoever has not
// begun, and the others hear of it.
#ifndef QKV_GRADER_STUBS_HPP
#define QKV_GRADER_STUBS_HPP

#include <filesystem>
#include <optional>
#include <string>

#include "catalog.hpp"

namespace qkv {

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

/// Makes the learner's file where it is missing, and follows the stub. Nothing where there is no news.
/// Throws Failure (wrong_usage) if a file that is missing cannot be made.
std::optional<StubNews> follow_stub(const std::filesystem::path& root, const Exercise& exercise, Language language);

/// The learner's file is the stub of today: remembers that.
void remember_stub(const std::filesystem::path& root, const Exercise& exercise);

}  // namespace qkv

#endif
