// Puts a sanitizer's report into at most four lines: what it found, where in the learner's file, and what such
// a thing usually means.
#ifndef QKV_EXPLAIN_SANITIZER_WORDS_HPP
#define QKV_EXPLAIN_SANITIZER_WORDS_HPP

#include <string>

#include "explain/sanitizer_report.hpp"
#include "explain/symbolize.hpp"
#include "base/text.hpp"

namespace qkv::grader {

/// The learner's innermost lines on the stacks of a report; line 0 where there is none.
struct ReportPlaces {
    SourceLine at, allocated, freed;
};

/// `call` is what was called, with shapes.
std::string sanitizer_message(const SanitizerReport& report, const ReportPlaces& places, const std::string& call,
                              Language language);

/// One sentence on what such a report usually means; empty if nothing can be said.
Text sanitizer_meaning(const SanitizerReport& report);

}  // namespace qkv::grader

#endif
