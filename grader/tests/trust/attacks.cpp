#include "trust/attacks.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "base/process.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// "// key: value" or "# key: value".
bool read_field(const std::string& line, std::string& key, std::string& value) {
    const std::size_t begin = line.find_first_not_of("/# "), colon = line.find(": ");
    if (!(line.starts_with("// ") || line.starts_with("# ")) || colon == std::string::npos || begin > colon)
        return false;
    key = line.substr(begin, colon - begin);
    value = line.substr(colon + 2);
    return true;
}

std::vector<std::string> alternatives(std::string text) {
    std::vector<std::string> list;
    for (std::size_t at; (at = text.find(" or ")) != std::string::npos; text = text.substr(at + 4))
        list.push_back(text.substr(0, at));
    list.push_back(text);
    return list;
}

Attack read_attack(const fs::path& file) {
    Attack attack;
    attack.file = file;
    attack.family = file.parent_path().filename().string();
    attack.name = file.stem().string();
    std::ifstream stream(file);
    std::string key, value;
    for (std::string line; std::getline(stream, line) && (read_field(line, key, value) || line.starts_with("#!"));) {
        if (key == "tries") attack.tries = value;
        if (key == "verdict") attack.verdicts = alternatives(value);
        if (key == "earns") attack.earns = alternatives(value);
        if (key == "wall") attack.wall = value;
        if (key == "reaches") attack.reaches = value;
        if (key == "processor") attack.processor = value;
    }
    return attack;
}

/// A folder of its own for one submission, removed whatever lies in it.
class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "qkv-attack-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw Failure(kit_fault, name + ": cannot be made");
        path = name;
    }
    ~Folder() {
        Command remove;  // deeper than a library may walk, with modes that forbid it
        remove.arguments = {"/bin/sh", "-c", "chmod -R u+rwx \"$1\" 2>/dev/null; rm -rf \"$1\"", "sh", path.string()};
        try {
            run(remove);
        } catch (const Failure&) {
        }
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    fs::path path;
};

/// The verdicts of the first part; for a file that was not run, what became of it.
std::vector<std::string> met(const ExerciseResult& result) {
    if (result.status != Status::graded) return {name_of(result.status)};
    std::vector<std::string> verdicts;
    for (const TestResult& test : result.parts.front().tests) verdicts.push_back(record::name_of(test.report.verdict));
    return verdicts;
}

}  // namespace

std::vector<Attack> load_attacks(const fs::path& folder, std::vector<std::string>& faults) {
    static const std::set<std::string> processors = {"", "x86_64", "aarch64"};
    std::vector<Attack> attacks;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".cpp" && extension != ".sh") continue;
        attacks.push_back(read_attack(entry.path()));
        const Attack& attack = attacks.back();
        if (attack.tries.empty() || attack.verdicts.empty() || attack.wall.empty())
            faults.push_back(attack.file.string() +
                             ":1: says not what it tries, which verdict it must get, or which wall "
                             "stops it");
        if (!processors.contains(attack.processor))
            faults.push_back(attack.file.string() +
                             ":1: is for a processor that nobody has tried: " + attack.processor);
    }
    std::erase_if(attacks, [here = processor_name()](const Attack& attack) {
        return !attack.processor.empty() && attack.processor != here;
    });
    std::ranges::sort(attacks, {}, &Attack::file);
    if (attacks.empty()) faults.push_back(folder.string() + ":1: there is no attack here");
    return attacks;
}

void hand_in(const Attack& attack, const Exercise& exercise, const fs::path& folder) {
    if (attack.file.extension() != ".sh") {
        fs::copy_file(attack.file, folder / (exercise.id + ".cpp"));
        return;
    }
    Command script;
    script.arguments = {"/bin/sh", fs::absolute(attack.file).string()};
    script.environment = {{"HONEST", fs::absolute(exercise.solution / (exercise.id + ".cpp")).string()}};
    script.folder = folder.string();
    const Ended ended = run(script);
    if (ended.exit_code != 0) throw Failure(kit_fault, attack.file.string() + ": " + clean(ended.output, 300));
}

AttackOutcome try_attack(const Kit& kit, const Exercise& exercise, const Attack& attack) {
    AttackOutcome outcome;
    outcome.attack = attack;
    const Folder folder;
    hand_in(attack, exercise, folder.path);
    GradeOptions options;
    options.submission = folder.path;
    const auto began = std::chrono::steady_clock::now();
    const Result graded = grade(kit, {exercise}, options);
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const ExerciseResult& result = graded.exercises.front();
    const auto verdicts = met(result);
    for (const PartResult& part : result.parts) {
        for (const TestResult& test : part.tests) outcome.output += clean(test.report.output);
    }
    const auto was_met = [&](const std::string& verdict) {
        return std::ranges::find(verdicts, verdict) != verdicts.end();
    };
    if (std::ranges::none_of(attack.verdicts, was_met)) {
        outcome.complaint =
            fmt::format("must be {}, but is {}", fmt::join(attack.verdicts, " or "), fmt::join(verdicts, ", "));
    } else if (std::ranges::find(attack.earns, std::to_string(result.score)) == attack.earns.end()) {
        outcome.complaint =
            fmt::format("must earn {} points, but earns {}", fmt::join(attack.earns, " or "), result.score);
    } else if (!attack.reaches.empty() && outcome.output.find(attack.reaches) != std::string::npos) {
        outcome.complaint = "got through: it printed \"" + attack.reaches + "\"";
    }
    return outcome;
}

}  // namespace qkv::grader
