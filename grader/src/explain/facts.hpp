// Puts facts into sentences that teach: what was expected, what came, where, what to do next.
#ifndef QKV_EXPLAIN_FACTS_HPP
#define QKV_EXPLAIN_FACTS_HPP

#include <string>

#include "model/result.hpp"

namespace qkv::grader {

/// Why a test case is not passed, in one to three lines; empty if it is. `learner_line` is the line of
/// the learner's file that the facts lead to, 0 if unknown.
std::string message_for(const CaseReport& report, const Exercise& exercise, int learner_line, Language language);

/// The few words for a status of a part, for example "not written yet".
std::string status_words(const PartResult& part, Language language);

}  // namespace qkv::grader

#endif
