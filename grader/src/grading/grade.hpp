// The whole way of a grading: find the files, build the workers, run the tests, score.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "build/kit_build.hpp"
#include "build/worker.hpp"
#include "model/kit.hpp"
#include "model/result.hpp"

namespace qkv::grader {

struct GradeOptions {
    std::filesystem::path submission;  ///< folder of learner files, or one file ...
    std::string file_of;               ///< ... of this exercise
    bool own_stack = false;            ///< link the learner's own files of needed exercises ...
    std::set<std::string> own;         ///< ... or else of these
    bool hidden = false;
    bool compare = false;  ///< hidden tests look for the smallest case that differs
    bool keeps = true;     ///< what tests said is kept, and what they said before counts
    bool scenes = false;   ///< run the scenes instead of the tests: nothing is scored
    std::string input;     ///< that the scenes are to show
    std::uint64_t seed = 0;
    std::string part;           ///< only this part of each exercise; empty: all
    unsigned jobs = 1;          ///< exercises graded at once
    std::string compiler;       ///< empty: the kit's
    bool debug = false;         ///< build a library with debugging information instead of a worker
    std::string settings_file;  ///< where to leave the settings of the tests; empty: nowhere
    Language language = Language::en;
    /// Hears of each part as soon as all its visible tests ran, if given; from several threads if jobs > 1.
    std::function<void(const Exercise&, const std::string& part, bool passed)> on_part;
};

/// Builds what gradings of these exercises share. Throws as build_kit does.
void prepare(const Kit& kit, const std::vector<Exercise>& exercises, KitOf whom);

/// Grades these exercises, practice on what the learner's own files of needed exercises earn. The kit's own programs
/// must be built already. An exercise that the kit or the machine could not grade is in `not_graded`; Failure
/// (kit_fault) if that is so for all of them.
Result grade(const Kit& kit, const std::vector<Exercise>& exercises, const GradeOptions& options);

/// Builds one file into a worker, with what its exercise needs. For `from_reference`, functions of the exercise, the
/// reference's take the place of the file's own.
Built build_from(const Kit& kit, const Exercise& exercise, const SourceFile& source, const GradeOptions& options,
                 bool probe = false, const std::vector<std::string>& from_reference = {});

/// A program with a main of its own, or the fault of one of its two files.
struct Program {
    Built built;
    bool of_main = false;  ///< the fault is that of the main
};

/// Builds `main` on a file of an exercise and on what that needs.
Program build_main(const Kit& kit, const Exercise& exercise, const SourceFile& main, const SourceFile& source,
                   const GradeOptions& options);

/// An empty result with the exercise's parts.
ExerciseResult begin(const Exercise& exercise);

}  // namespace qkv::grader
