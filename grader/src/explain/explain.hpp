// From facts to sentences: gives the tests of a graded exercise their names, messages and diagnoses.
#pragma once

#include <filesystem>

#include "model/kit.hpp"
#include "model/result.hpp"

namespace qkv::grader {

/// In the reader's language. `worker` is what the tests ran against: addresses in it become lines of the learner's
/// file.
void put_into_words(const Kit& kit, ExerciseResult& result, const std::filesystem::path& worker, Language language);

}  // namespace qkv::grader
