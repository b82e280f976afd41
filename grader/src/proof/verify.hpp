// Proves an exercise: its tests accept the reference, refuse what earns nothing, and catch every
// mutant, each in its own part.
#pragma once

#include <string>
#include <vector>

#include "proof/mutation.hpp"

namespace qkv::grader {

struct Verification {
    std::vector<MutantRun> runs;
    std::vector<std::string> idle_tests;  ///< tests that caught no mutant
    std::vector<std::string> faults;      ///< one line each, with the file they lie in
    record::RecordedOutputs recorded;     ///< what golden/mutants.safetensors should hold
    std::string diagnoses;                ///< what diagnoses.toml should hold
};

/// Runs everything for one exercise. The kit's programs for instructors must be built. Diagnoses are
/// checked against the committed recordings, unless those are about to be written anew.
Verification verify(const Kit& kit, const Exercise& exercise, unsigned jobs, bool check_diagnoses);

/// The file the mutants' outputs are kept in.
std::filesystem::path recorded_file(const Exercise& exercise);

}  // namespace qkv::grader
