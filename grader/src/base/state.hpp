// What the kit remembers of a learner between commands: hints taken, points earned and questions answered, in
// .qkv/state.json, a few thousand bytes. It never stops anything: what cannot be read is taken for empty, what cannot
// be written is not remembered.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/text.hpp"

namespace qkv::grader {

/// What this kit writes. A file with a larger number is of a later kit.
inline constexpr int state_version = 1;

/// A question of a quiz that was asked.
struct Answered {
    bool right = false;  ///< once; then it stays
    int tries = 0;       ///< answers up to the first right one
    bool operator==(const Answered&) const = default;
};

struct State {
    std::map<std::string, int> hints;      ///< "exercise/part" to hints taken
    std::map<std::string, int> scores;     ///< exercise to points at the last grading
    std::map<std::string, int> laws;       ///< exercise to laws (test cases) at the last grading ...
    std::map<std::string, int> laws_held;  ///< ... and to those that held
    std::map<std::string, Answered> quiz;  ///< "exercise/question"
    bool operator==(const State&) const = default;
};

/// Reads <root>/.qkv/state.json; an empty state if that is impossible, or if a later kit wrote it.
State load_state(const std::filesystem::path& root);

/// Reads the state, changes it and writes it, whole at any moment. Of two commands at once the later one is remembered.
/// Returns one line for the learner if the file is of a later kit, which stays as it is; else an empty text.
Text update_state(const std::filesystem::path& root, const std::function<void(State&)>& change);

}  // namespace qkv::grader
