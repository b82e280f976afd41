// All the words of this wing, in every language; tables.cpp and grader/words are all that a translator reads.
#pragma once

#include <map>
#include <string>
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

/// What foreign words mean: an entry of a table in grader/words/meanings.toml, which is compiled into the grader.
struct Meaning {
    std::string key;  ///< a piece of those words; of compile errors a regular expression
    Text words;
};
/// In the order of the file. Throws std::out_of_range if there is no such table.
const std::vector<Meaning>& meanings(const std::string& table);
/// The first whose key stands in the text; null if there is none.
const Text* meaning_of(const std::string& table, std::string_view text);

/// The arithmetic that an instruction does.
enum class Operation { none, division, sum, product, product_sum, root, function };

/// What NaN is made from, and what an infinity.
struct OriginWords {
    Text nan, infinity;
};
const std::map<Operation, OriginWords>& origin_sentences();

}  // namespace qkv::grader
