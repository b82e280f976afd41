// All the words of this wing, in every language; tables.cpp is all that a translator reads.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "model/build_fault.hpp"
#include "model/result.hpp"

namespace qkv::grader {

const std::map<Fault, Text>& fault_sentences();
const std::map<Status, Text>& status_words();
const std::map<record::Complaint, Text>& complaint_words();
const std::map<int, Text>& signal_words();

struct BuildWords {
    Text sentence;
    Text advice;  ///< empty if there is none
};
const std::map<BuildFault::Kind, BuildWords>& build_fault_words();

/// What a compiler's error means; {} is the exercise.
struct CompileError {
    const char* pattern;  ///< a regular expression for the compiler's words
    Text advice;
};
const std::vector<CompileError>& compile_errors();

/// An option of the compiler, -Wreturn-type without its -W, and what it means; {} is what the compiler names.
struct CompileWarning {
    std::string_view option;
    Text words;
};
const std::vector<CompileWarning>& compile_warnings();

struct EigenAssertion {
    const char* piece;  ///< of the assertion's text
    Text words;
};
const std::vector<EigenAssertion>& eigen_assertions();

/// The arithmetic that an instruction does.
enum class Operation { none, division, sum, product, product_sum, root, function };

/// What NaN is made from, and what an infinity.
struct OriginWords {
    Text nan, infinity;
};
const std::map<Operation, OriginWords>& origin_sentences();

enum class SanitizerTool { none, address, undefined, library };
struct SanitizerMeaning {
    SanitizerTool tool;
    const char* piece;  ///< of the report's kind
    Text words;
};
const std::vector<SanitizerMeaning>& sanitizer_meanings();

}  // namespace qkv::grader
