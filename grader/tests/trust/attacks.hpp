// The trust matrix: hostile submissions, each with the verdict it must get, tried on this machine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "grading/grade.hpp"

namespace qkv::grader {

/// One file of grader/tests/data/hostile/<family>/: what it says of itself in its first lines.
struct Attack {
    std::filesystem::path file;
    std::string family, name;
    std::string tries;                  ///< one sentence
    std::vector<std::string> verdicts;  ///< one of them must be met
    std::vector<std::string> earns;     ///< points of the whole file: one of these
    std::string wall;                   ///< what stops it: filter, limits, boundary, compile, or none: it is honest
    std::string reaches;                ///< what it prints only where the attempt succeeded
    std::string processor;              ///< the only one it is for; empty: any
};

struct AttackOutcome {
    Attack attack;
    double seconds = 0;
    std::string output;     ///< what its code printed, cleaned
    std::string complaint;  ///< empty: as declared
};

/// Every attack below the folder that is for this machine's processor, in order. Adds a line for each file that does
/// not say what it is.
std::vector<Attack> load_attacks(const std::filesystem::path& folder, std::vector<std::string>& faults);

/// Makes the attack's submission in an empty folder: a .cpp is the learner's file itself; a .sh makes the folder's
/// files, and finds an honest one at $HONEST.
void hand_in(const Attack& attack, const Exercise& exercise, const std::filesystem::path& folder);

/// Grades the file as a submission for `exercise`, in a folder that is gone afterwards.
AttackOutcome try_attack(const Kit& kit, const Exercise& exercise, const Attack& attack);

}  // namespace qkv::grader
