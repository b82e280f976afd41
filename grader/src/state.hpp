// What the kit remembers of a learner between commands: hints taken and points earned. Lost or
// broken, it is begun anew; it never stops anything.
#ifndef QKV_GRADER_STATE_HPP
#define QKV_GRADER_STATE_HPP

#include <filesystem>
#include <map>
#include <string>

namespace qkv {

struct State {
    std::map<std::string, int> hints;   ///< "exercise/part" to hints taken
    std::map<std::string, int> scores;  ///< exercise to points at the last grading
};

/// Reads <root>/.qkv/state.json; an empty state if that is impossible.
State load_state(const std::filesystem::path& root);

/// Written aside and renamed. Failure to write is ignored: a read-only kit still grades.
void save_state(const std::filesystem::path& root, const State& state);

}  // namespace qkv

#endif
