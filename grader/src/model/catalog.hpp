// Loads the exercises: every folder below exercises/ that holds an exercise.toml.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace qkv::grader {

/// Limits of one exercise; the values here are the defaults.
struct Limits {
    double call_seconds = 2;          ///< computing time of one call
    double exercise_seconds = 60;     ///< wall time of all tests of an exercise; more if the machine is busy
    double cpu_seconds = 30;          ///< CPU time of one worker
    double compile_seconds = 60;      ///< wall time of the compiler; more if the machine is busy
    double compile_megabytes = 4096;  ///< address space of the compiler
    double object_megabytes = 256;    ///< of any file the compiler or linker writes
    double memory_megabytes = 512;    ///< address space of a worker
    double output_kilobytes = 1024;   ///< that a worker may print
    double source_kilobytes = 1024;   ///< of a learner's file
};

struct Part {
    std::string id;
    Text title;
    int points = 0;
    std::vector<std::string> after;      ///< parts of the same exercise that this one rests on
    std::vector<std::string> functions;  ///< that it grades; where they fail, the reference's can stand in for them
    std::vector<Text> hints;             ///< gentle to nearly telling
    int line = 0;                        ///< of the manifest, for messages
};

struct Exercise {
    std::string id;
    Text title;
    std::string track;  ///< basic, advanced, challenge; extension, practice
    int stars = 0;
    double hours = 0;
    std::vector<std::string> needs;    ///< exercises whose functions this one calls
    std::vector<std::string> forbids;  ///< functions that a learner's file may not use, as C++ names them
    std::string source;
    Text built;  ///< what a learner has made once every part is earned; may be empty
    std::vector<Part> parts;
    Limits limits;
    std::filesystem::path folder;    ///< exercises/<id>
    std::filesystem::path solution;  ///< solutions/<id>, which may not exist

    std::filesystem::path learners_file() const { return folder / (id + ".cpp"); }
    std::filesystem::path reference() const { return solution / (id + ".cpp"); }
    std::filesystem::path manifest() const { return folder / "exercise.toml"; }
    int max_score() const;
    const Part* find_part(const std::string& part_id) const;
};

/// All exercises, those that are needed before those that need them, then by track, stars and id.
/// Throws Failure (kit_fault) with one line a fault, each with file and line.
std::vector<Exercise> load_catalog(const std::filesystem::path& root);

/// Whether this is the name of a track.
bool is_track(const std::string& name);

/// The tallies: points of the course's own exercises make its hundred, those of the two other tracks are counted apart.
enum class Tally { course, extension, practice };
Tally tally_of(const Exercise& exercise);

/// The exercises of the course; all of them if none is of it.
std::vector<Exercise> of_course(const std::vector<Exercise>& catalog);

/// What a complaint about a name ends with: "; did you mean attention?", or else "; there are: " and those known.
Text guess_words(const std::string& word, const std::vector<std::string>& known, const std::string& there_are);

/// The exercises with these ids or of these tracks, in the catalog's order; all of them if there are no ids.
/// Throws Failure (kit_fault) if there is no exercise at all, (wrong_usage) that names an unknown id, and its nearest
/// or the known ones.
std::vector<Exercise> choose(const std::vector<Exercise>& catalog, const std::vector<std::string>& ids);

/// The one with this id. Throws Failure (wrong_usage) that names the nearest or the known ones.
const Exercise& choose_one(const std::vector<Exercise>& catalog, const std::string& id);

/// The part with this id. Throws Failure (wrong_usage) that names the nearest or the known ones.
const Part& choose_part(const Exercise& exercise, const std::string& part_id);

/// The exercises that these need, and they themselves, in order.
std::vector<Exercise> with_needs(const std::vector<Exercise>& catalog, const std::vector<std::string>& ids);

}  // namespace qkv::grader
