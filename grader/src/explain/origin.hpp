// Where NaN or an infinity was first made: the sentence.
#pragma once

#include <string>
#include <vector>

#include "explain/symbolize.hpp"
#include "explain/tables.hpp"
#include "model/result.hpp"

namespace qkv::grader {

/// The arithmetic that an instruction of a processor does, both as binutils and the system name them; none if it does
/// none: a comparison, say, which traps on a NaN that was there before.
Operation operation_of_instruction(const std::string& instruction, const std::string& processor);

/// Where NaN or an infinity was first made, and by what. `stack` leads from the `operation` that made it to `place`,
/// the innermost line of the learner's file. If that is not certain (a wrong place is worse than none): what NaN and
/// infinities come from, if the facts are about one, else nothing.
std::string origin_sentence(const Facts& facts, const std::string& exercise, const std::vector<Frame>& stack,
                            const Frame& place, Operation operation, Language language);

}  // namespace qkv::grader
