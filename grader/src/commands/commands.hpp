// The verbs of the command line: their table, and what they share. Each verb is a file of verbs/ with one function that
// returns the exit status; a new one is that file and an entry of commands.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <variant>

#include "base/failure.hpp"
#include "base/state.hpp"
#include "commands/arguments.hpp"
#include "grading/grade.hpp"

namespace qkv::grader {

/// What follows a verb: exercises, or one and its part.
struct Operands {
    const char *shown, *after_id;  ///< "ID [PART]", and what of it the help shows after ID
    int least, most;
    Text does;
};

/// An option of a verb.
struct Option {
    const char* usage;  ///< with what it takes: "--output FILE", or all that there are: "--sandbox auto|on|off"
    Text does;
    std::variant<bool Arguments::*, unsigned Arguments::*, std::string Arguments::*, std::filesystem::path Arguments::*,
                 std::optional<std::uint64_t> Arguments::*>
        place;
};

using VerbFunction = int(const Kit& kit, const Arguments& arguments);

struct Verb {
    const char* name;
    Operands operands;
    std::vector<Option> options;
    VerbFunction* run;  ///< null: it is the instructors', in their program
    Text does;
    bool walls = true;       ///< it runs learners' code, or compiles it
    bool own_files = true;   ///< it is about the learner's own files: they are made and follow their stubs first
    bool solutions = false;  ///< it needs the folder solutions/, which a learners' copy has not
};

/// In the order of the help.
const std::vector<Verb>& verbs();

/// The verb, or null.
const Verb* find_verb(const std::string& name);

/// One exercise, and its part if one is named: as a second word, or as --part ID/PART. Throws Failure (wrong_usage).
struct Asked {
    Exercise exercise;
    std::string part;  ///< empty: none
};
Asked asked_for(const Kit& kit, const Arguments& arguments);

/// Makes learners' files that are missing, follows corrected stubs, and says so on standard error.
void follow_stubs(const Kit& kit, Language language);

/// Says on standard error that a program of the exercise, its tests or hidden_tests, is about to be compiled, if it is
/// not there yet: a first answer takes a minute.
void announce_build(const Kit& kit, const Exercise& exercise, const std::string& program, Language language);

/// Grades the learner's own stubs for `list`, `next` and `hint`, and remembers the points.
Result grade_own(const Kit& kit, const std::vector<Exercise>& exercises, const Arguments& arguments);

/// How the learner's own files are graded.
GradeOptions own_options(const Kit& kit, const Arguments& arguments);

/// Changes what the kit remembers; one line on standard error if that cannot be.
void remember(const Kit& kit, Language language, const std::function<void(State&)>& change);

/// Keeps the points for `list`.
void remember(const Kit& kit, const Result& result);

/// Writes a text to the file, device or fifo that an option names. Throws Failure (wrong_usage) if that cannot be.
void write_out(const std::string& text, const std::filesystem::path& file, const char* option);

/// Prints a report, or writes it to the file that --output names. Throws Failure (wrong_usage) if that cannot be.
void put_out(const std::string& report, const Arguments& arguments);

/// The folder that --solutions or --submission names, or the kit's exercises.
/// Throws Failure (wrong_usage) if it is not there.
std::filesystem::path submission_folder(const Kit& kit, const Arguments& arguments);

/// Whether --submission names one file: <id>.cpp, or any where the exercise is named too.
bool submits_file(const Arguments& arguments);

/// The same for a grading of these exercises. Throws Failure (wrong_usage) if one file is to be of several.
void set_submission(GradeOptions& options, const Kit& kit, const Arguments& arguments,
                    const std::vector<Exercise>& exercises);

/// The exercise's README in that language; in English where there is none.
std::filesystem::path statement_of(const Exercise& exercise, Language language);

/// The smallest case that a test of `compare` found, as C++ to paste, and what came of it.
std::string smallest_difference(const Exercise& exercise, const PartResult& part, const TestResult& test,
                                Language language);

/// Where gdb is to stop.
struct DebugPlace {
    std::filesystem::path tests;         ///< the program with the functions in-process
    std::filesystem::path learner_code;  ///< the learner's code, preloaded into it
    std::filesystem::path scripts;       ///< the folder of gdb's script, and of the one that shows matrices
    std::string test;                    ///< the English name of the test case
    std::string function;                ///< as C++ names it: attention::softmax_rows
    int call = 1;                        ///< which graded call of the test case, counted from 1
    bool throws = false;                 ///< the call throws: gdb stops at the throw as well
};

/// A test case's name as Catch2's command line takes it: commas and brackets have a meaning there.
std::string as_test_spec(const std::string& name);

/// What gdb does before a person takes over. In batch mode it shows the call and ends.
std::string debugger_script(const DebugPlace& place, bool batch);

}  // namespace qkv::grader
