// Names the mistake: a learner whose wrong outputs are those of a mutant made that mutant's mistake.
#pragma once

#include <map>
#include <string>

#include "model/result.hpp"

namespace qkv::grader {

/// Writes `diagnosis` into the tests that a known mistake explains; `diagnoses` are the mutants'
/// sentences. Careful rather than talkative: a mutant is named only if no call of the part contradicts
/// it, and no other sentence fits as well.
void diagnose(ExerciseResult& result, const std::map<std::string, Text>& diagnoses, Language language);

/// The test wants an exception, and another one or none came: a smaller mistake than a wrong value.
bool about_refusal(const TestResult& test);

}  // namespace qkv::grader
