// What ASan, UBSan or libstdc++'s assertions say when they end a worker: pages of text, of which a learner needs three
// facts. Knows the reports of clang 14 and later, without symbols.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "explain/symbolize.hpp"

namespace qkv::grader {

enum class SanitizerTool { none, address, undefined, library };

struct SanitizerReport {
    SanitizerTool tool = SanitizerTool::none;
    std::string kind;  ///< "heap-buffer-overflow"; of UBSan its sentence; of libstdc++ the condition that did not hold
    std::string access;  ///< "READ of size 8"; empty if it says none
    std::string file;    ///< where UBSan says it happened
    int line = 0;
    std::vector<std::uint64_t> stack;  ///< of the worker, innermost first, relative to its base
};

/// Of text that is no report nothing is known.
SanitizerReport read_sanitizer_report(std::string_view text);

/// The report in at most three lines: what it found in `call`, where in the learner's file, what such a thing usually
/// means.
std::string sanitizer_message(const SanitizerReport& report, const SourceLine& place, const std::string& call,
                              Language language);

}  // namespace qkv::grader
