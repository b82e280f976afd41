// Where NaN or an infinity was first made: its facts and its words.
#ifndef QKV_EXPLAIN_ORIGIN_HPP
#define QKV_EXPLAIN_ORIGIN_HPP

#include <string>
#include <vector>

#include "explain/symbolize.hpp"
#include "record/case_report.hpp"
#include "base/text.hpp"

namespace qkv::grader {

/// The arithmetic an instruction does: "division", "sum", "product", "root"; empty if it is none, for
/// example a comparison, which traps on a NaN that was there before.
std::string arithmetic_of(const std::string& instruction);

/// If the facts hold a stack from where NaN or an infinity was made (value `origin`), at an instruction: adds
/// `origin_by`, what made it, and `origin_inside`, the function of another exercise in which that was. Takes the origin
/// away if the place is not certain: a wrong one is worse than none.
void add_origin(const std::vector<Frame>& stack, const Frame& place, const std::string& instruction, record::Facts& facts);

/// The sentence: where it was first made, and by what. Without an origin, what NaN and infinities come from if the
/// facts are about one (kind `not_finite`), else nothing.
std::string origin_words(const record::Facts& facts, const std::string& exercise, int learner_line, Language language);

}  // namespace qkv::grader

#endif
