// What the kit remembers of a learner between commands: hints taken and points earned, in
// .qkv/state.json. It never stops anything: what cannot be read is taken for empty, what cannot be
// written is not remembered.
#ifndef QKV_BASE_STATE_HPP
#define QKV_BASE_STATE_HPP

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/text.hpp"

namespace qkv::grader {

/// What this kit writes. A file with a larger number is of a later kit.
inline constexpr int state_version = 1;

struct State {
    std::map<std::string, int> hints;   ///< "exercise/part" to hints taken
    std::map<std::string, int> scores;  ///< exercise to points at the last grading
    bool operator==(const State&) const = default;
};

/// Reads <root>/.qkv/state.json; an empty state if that is impossible, or if a later kit wrote it.
State load_state(const std::filesystem::path& root);

/// What became of a change.
enum class Remembered {
    yes,    ///< written, or nothing had to be
    no,     ///< the folder cannot be written, or another grading held the lock for long
    later,  ///< the file is of a later kit and was left as it is
};

/// Reads the state, changes it and writes it, all under a lock, so that of two commands at once
/// neither loses what the other remembers. Written aside and renamed: whoever dies leaves a whole
/// file. A broken file is kept as state.json.broken.
Remembered update_state(const std::filesystem::path& root, const std::function<void(State&)>& change);

/// One line for the learner; empty where there is nothing to do about it.
Text remembered_words(Remembered remembered);

}  // namespace qkv::grader

#endif
