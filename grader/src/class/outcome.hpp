// What became of one attempt: graded once, kept in a file of its own that names nobody, found again by what it rests
// on.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "class/book/course.hpp"
#include "grading/grade.hpp"

namespace qkv::grader {

/// How this class is graded: everything that an outcome rests on but the attempt's own files.
struct ClassRun {
    Kit kit;
    Course course;
    std::filesystem::path out;
    std::uint64_t seed = 0;
    bool hidden = false;                      ///< there are hidden tests
    HiddenTests shown = HiddenTests::points;  ///< what students may read of them, by the clock when the run began
    Language language = Language::en;
    std::string kit_hash;  ///< of the programs and golden values that judge, and of the compiler

    std::filesystem::path results() const { return out / "results"; }
};

/// One test that is not passed.
struct Trouble {
    std::string exercise, part, test;
    std::string verdict;
    std::string message, diagnosis;
    bool hidden = false;
};

struct ExerciseOutcome {
    std::string status;                ///< as in the result's JSON
    std::map<std::string, int> parts;  ///< points of each part
    std::map<std::string, std::string> states;
};

/// What is kept of an attempt.
struct Outcome {
    std::map<std::string, ExerciseOutcome> exercises;
    std::vector<Trouble> troubles;
    double seconds = 0;  ///< of building and testing
    std::string text;    ///< the report, as far as students may read it
};

/// What hidden tests may tell a student now. A run asks once: what it keeps under one name was made under one rule,
/// however long it takes and whatever the clock does.
HiddenTests shown_now(const Course& course);

/// The hash of what judges: a change of it grades everything again.
std::string hash_of_kit(const Kit& kit, const std::vector<Exercise>& exercises);

/// Whether what judges is no longer what the run began with: somebody builds, or checks out another version.
bool kit_has_changed(const ClassRun& run);

/// The name of an attempt's result: a hash of its files, the kit, the seed and the rules of the course.
std::string key_of(const ClassRun& run, const std::filesystem::path& attempt);

/// Its file; beside it, as <key>.result.json, the whole result (qkv-result/1).
std::filesystem::path result_file(const ClassRun& run, const std::string& key);

/// Whether an outcome is kept.
bool has_outcome(const ClassRun& run, const std::string& key);

/// A kept outcome; nothing if there is none, or none that can be read.
std::optional<Outcome> load_outcome(const ClassRun& run, const std::string& key);

/// Grades an attempt and keeps what came of it. Throws Failure (kit_fault) if the machine or the kit could not grade
/// every exercise, or the kit changed meanwhile; then nothing is kept.
void grade_attempt(const ClassRun& run, const std::filesystem::path& attempt, const std::string& key);

/// The smallest case in which a part of an attempt differs from the reference, as `./grade compare` shows it; empty
/// where none is found. Kept, by the attempt's result.
std::string smallest_case(const ClassRun& run, const std::filesystem::path& attempt, const std::string& key,
                          const std::string& exercise, const std::string& part);

/// Points of an exercise that count, with its weight, before any rule about time.
double points_of(const Course& course, const Exercise& exercise, const Outcome& outcome);

}  // namespace qkv::grader
