// The reference with one mistake after the other: what each mutant loses, which test kills it, what a
// learner with that mistake would read, and what it returns.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "grading/grade.hpp"
#include "model/mutants.hpp"
#include "record/recorded.hpp"

namespace qkv::grader {

/// One exercise under proof: where it lies, and the list its faults go to.
struct Proof {
    const Kit& kit;
    const Exercise& exercise;
    std::vector<std::string>& faults;

    void fault(const std::filesystem::path& file, int line, const std::string& sentence) const {
        faults.push_back(fmt::format("{}:{}: {}", file.string(), line, sentence));
    }
};

/// What became of one mutant.
struct MutantRun {
    Mutant mutant;
    std::set<std::string> lost;        ///< parts it did not earn
    std::vector<std::string> killers;  ///< tests of its own part that it did not pass
    std::set<std::string> sentences;   ///< diagnoses that a learner with this mistake would read
    bool changes_output = false;       ///< returns another value for arguments of some test
    std::size_t smallest = 0;          ///< size of the smallest case that `compare` finds; 0: none
    RunReport report;                  ///< with every call's outcome
};

/// What a run of tests is worth.
ExerciseResult scored(const Exercise& exercise, const RunReport& run, bool hidden = false);

/// A worker from one source text; a fault, and no worker, if it does not compile.
Built worker_of(const Proof& proof, const SourceFile& source, bool probe = false);

/// What was returned, by function and hash of the arguments.
std::map<std::string, record::Outcome> outcomes(const RunReport& run);

/// `right` are the outcomes of the reference.
MutantRun try_mutant(const Proof& proof, const Mutant& mutant, const std::string& reference,
                     const std::map<std::string, record::Outcome>& right);

/// Tests that killed no mutant.
std::vector<std::string> idle_tests(const RunReport& reference, const std::vector<MutantRun>& runs);

/// What golden/mutants.safetensors should hold.
record::RecordedOutputs record(const RunReport& reference, const std::vector<MutantRun>& runs);

/// Mutants that no test can tell apart must be explained by the same sentence.
void check_equal_outputs(const Proof& proof, const std::vector<MutantRun>& runs);

/// A learner must never read another mistake's sentence, and should nearly always read the fitting one.
void check_sentences(const Proof& proof, const std::vector<MutantRun>& runs);

}  // namespace qkv::grader
