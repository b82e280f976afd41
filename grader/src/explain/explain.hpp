// From facts to sentences: gives the tests of a graded exercise their names, messages and diagnoses.
#pragma once

#include "model/kit.hpp"
#include "model/result.hpp"

namespace qkv::grader {

/// In the reader's language. Addresses in a part's worker become lines of the learner's file.
void put_into_words(const Kit& kit, ExerciseResult& result, Language language);

}  // namespace qkv::grader
