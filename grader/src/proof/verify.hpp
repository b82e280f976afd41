// Proves an exercise: its tests accept the reference, refuse what earns nothing, and catch every
// mutant, each in its own part.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "proof/mutation.hpp"

namespace qkv::grader {

struct Verification {
    std::vector<MutantRun> runs;
    std::set<std::string> untried;        ///< mutants that the sample leaves out
    std::vector<std::string> idle_tests;  ///< tests that caught no mutant
    std::vector<std::string> faults;      ///< one line each, with the file they lie in
    record::RecordedOutputs recorded;     ///< what golden/mutants.safetensors should hold
    std::string diagnoses;                ///< what diagnoses.toml should hold
};

struct VerifyOptions {
    unsigned jobs = 1;
    unsigned every = 1;           ///< of so many mutants one is tried
    bool check_diagnoses = true;  ///< against the committed recordings; not if those are about to be written anew
};

/// Runs everything for one exercise. The kit's programs for instructors must be built.
Verification verify(const Kit& kit, const Exercise& exercise, const VerifyOptions& options);

/// The file the mutants' outputs are kept in.
std::filesystem::path recorded_file(const Exercise& exercise);

}  // namespace qkv::grader
