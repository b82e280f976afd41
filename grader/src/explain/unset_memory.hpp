// Numbers that look like memory which was never set.
#ifndef QKV_EXPLAIN_UNSET_MEMORY_HPP
#define QKV_EXPLAIN_UNSET_MEMORY_HPP

#include <string>

#include "record/case_report.hpp"
#include "base/text.hpp"

namespace qkv::grader {

/// What to say about a difference where the number found is absurd (1e+230, 5e-324) and the one expected is not;
/// empty otherwise.
std::string unset_memory_words(const record::Facts& facts, Language language);

}  // namespace qkv::grader

#endif
