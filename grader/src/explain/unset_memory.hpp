// Numbers that look like memory which was never set.
#ifndef QKV_GRADER_UNSET_MEMORY_HPP
#define QKV_GRADER_UNSET_MEMORY_HPP

#include <string>

#include "record/case_report.hpp"
#include "base/text.hpp"

namespace qkv {

/// What to say about a difference where the number found is absurd (1e+230, 5e-324) and the one expected is not;
/// empty otherwise.
std::string unset_memory_words(const Facts& facts, Language language);

}  // namespace qkv

#endif
