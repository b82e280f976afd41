// The typical mistakes of an exercise: solutions/<id>/mutants.toml, and their sentences alone for learners:
// exercises/<id>/diagnoses.toml.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/catalog.hpp"

namespace qkv::grader {

struct Mutant {
    std::string id;
    std::string part;  ///< the part it must lose
    std::string find;  ///< occurs exactly once in the reference
    std::string replace;
    Text diagnosis;
    std::string seen;  ///< where this mistake was made in public
    int line = 0;      ///< of mutants.toml
};

/// The mutants of an exercise; none if there is no such file.
/// Throws Failure (kit_fault) with one line a fault, each with file and line.
std::vector<Mutant> load_mutants(const Exercise& exercise);

/// The sentences of the mutants, by their ids; none if there is no diagnoses.toml. Throws as load_mutants does.
std::map<std::string, Text> load_diagnoses(const Exercise& exercise);

std::filesystem::path diagnoses_file(const Exercise& exercise);

/// What diagnoses.toml should hold: the mutants in their order, those that share a sentence together.
std::string diagnoses_of(const std::vector<Mutant>& mutants);

}  // namespace qkv::grader
