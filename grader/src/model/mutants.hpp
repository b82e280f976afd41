// The typical mistakes of an exercise: solutions/<id>/mutants.toml.
#pragma once

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

}  // namespace qkv::grader
