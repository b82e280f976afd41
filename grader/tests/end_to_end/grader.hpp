// Runs the grader as a person would, and reads what it says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace qkv::grader {}

namespace qkv::tests {

using namespace qkv::grader;

struct Said {
    int status = -1;      ///< exit status; -1 if it ended otherwise
    std::string text;     ///< standard output and error
    nlohmann::json json;  ///< with --format json
};

/// A kit: the real one, or one made up of the exercises `counting` and `summing`.
struct TestKit {
    std::string root, toolchain;
};
TestKit real_kit();
TestKit proven_kit();

/// Runs `grader <arguments>` on a kit.
Said grader(const std::vector<std::string>& arguments, const TestKit& kit = real_kit());

/// Runs `grader run --format json <arguments>` and parses what it prints.
Said graded(const std::vector<std::string>& arguments, const TestKit& kit = real_kit());

class Scratch;
/// A copy of the kit `proven` in a scratch folder; its tests are those already built.
TestKit copied_kit(const Scratch& scratch);

/// A new empty folder, removed at the end of the test.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::filesystem::path path;
    /// Writes a file into the folder, with the folders above it.
    void write(const std::string& name, const std::string& text) const;
};

/// The exercise is listed, and looked at in this run: ./check looks at the course's own and at one beside the hundred,
/// ./check --all at every one. QKV_ONLY names a single one.
bool is_examined(const std::string& id);

/// Whether all data is tried, as ./check --all does, and not a sample.
bool everything();

std::string read_text(const std::filesystem::path& path);

/// The text of a shipped exercise's reference.
std::string reference_of(const std::string& id);

/// The text with one piece replaced; the piece must be there.
std::string with(std::string text, const std::string& piece, const std::string& replacement);

/// One part of a result; null if it is not there.
nlohmann::json part(const nlohmann::json& result, const std::string& exercise, const std::string& part_id);

/// The ids of the parts of one exercise that are `passed`.
std::vector<std::string> earned(const nlohmann::json& result, const std::string& exercise);

/// The verdicts of one part's tests.
std::vector<std::string> verdicts(const nlohmann::json& part);

}  // namespace qkv::tests
