// Puts the facts of one test case into sentences: what was expected, what came, where, what to do next.
#pragma once

#include <string>

#include "model/result.hpp"

namespace qkv::grader {

/// What the facts led to in the learner's file: a line (0 if unknown) and the function around it, and the sentence of
/// where NaN or an infinity was first made.
struct Traced {
    int line = 0;
    std::string function;
    std::string origin;
};

/// Why a test case is not passed, in one to three lines; empty if it is.
std::string message_for(const CaseReport& report, const Exercise& exercise, const Traced& traced, Language language);

/// What the learner's code printed, without the C library's line about a failed assert: the message tells that.
std::string printed_by(const CaseReport& report);

/// What to say about a difference whose number found looks like memory that was never set (1e+230, 5e-324) and whose
/// expected one does not; empty otherwise.
std::string unset_memory_words(const Facts& facts, Language language);

/// What to say about a difference that is small everywhere, so that only the precision of the arithmetic can be to
/// blame; empty otherwise.
std::string precision_words(const Facts& facts, Language language);

/// Whether a small difference in this part may be a question of precision: no mistake is named, and most errors are
/// small.
bool asks_for_floats(const PartResult& part);

/// Which functions of the reference stood in for the learner's; empty if none did.
std::string reference_words(const PartResult& part, Language language);

/// The few words for a status of a part, for example "not written yet".
std::string words_for(const PartResult& part, Language language);

}  // namespace qkv::grader
