// Pages in Markdown that exist in two languages: what must be the same in both. Words may differ, and
// should; sections, examples, commands and formulas may not.
#pragma once

#include <string>
#include <vector>

namespace qkv::grader {

struct PageDifference {
    int line = 0;  ///< of the second page
    std::string sentence;
};

/// Where the second page is no twin of the first:
/// - headings: their number, and the level of each;
/// - code blocks: their number, the language of each, the commands and (but for sessions) the numbers in each;
/// - formulas: the displayed ones in their order, those within a line as a set (\text{...} may differ);
/// - tables: the number of their rows.
std::vector<PageDifference> differences_of_twins(const std::string& first, const std::string& second);

}  // namespace qkv::grader
