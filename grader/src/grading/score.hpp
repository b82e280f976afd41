// Turns reports of test cases into parts with a status and points. Parts are all or nothing.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/result.hpp"

namespace qkv::grader {

/// Sorts the test cases of a run under the parts they are tagged with. A planned test case that did
/// not report gets the verdict `not_run`. Throws Failure (kit_fault) for a test case without a part.
void add_tests(ExerciseResult& result, const RunReport& run, const std::filesystem::path& worker, bool hidden);

/// Parts that fail, but rest on others that do: each with the functions of those, for which the reference is to stand
/// in when it is tried again; and all these functions. What a part grades itself is never among them.
struct Waiting {
    std::map<std::string, std::vector<std::string>> parts;
    std::vector<std::string> functions;
};
/// Empty if nothing is left to try.
Waiting waiting_parts(ExerciseResult result);

/// Gives every part its status and points, in the order of the manifest. `failed_needs` are needed
/// exercises that did not earn everything, where the learner's own are used. Throws Failure
/// (kit_fault) for a part without a test.
void score_parts(ExerciseResult& result, const std::set<std::string>& failed_needs);

/// All parts get this status and no points.
void score_nothing(ExerciseResult& result, Status status);

}  // namespace qkv::grader
