// Every kind of failure in grader/tests/data/messages/kinds.toml, graded for real, and the page that shows what its
// learner reads.
#pragma once

#include <string>
#include <vector>

#include "base/text.hpp"

namespace qkv::tests {

using namespace qkv::grader;

struct Kind {
    Text group;  ///< title of its group
    std::string id;
    Text title;
    std::string exercise;
    std::string file;    ///< "", none, folder, large, utf16
    std::string change;  ///< the learner's change, as a diff; empty if there is none
    std::string source;  ///< the whole file
    std::vector<std::string> arguments;
    bool whole = false;              ///< show the list of parts too
    std::vector<std::string> typed;  ///< another command than a grading, as it is typed behind ./grade
    std::string compiler;            ///< what stands in the place of the compiler: a shell's command
    int status = 1;                  ///< what the grader ends with
};

std::vector<Kind> load_kinds();

/// What the learner reads: the report, or what follows its list of parts.
struct Shown {
    std::string en, zh;
    bool compiler = false;  ///< some of the words are a compiler's
};

/// Grades the file in a kit of its own, in both languages. `arguments` come on top of the kind's own.
Shown show(const Kind& kind, const std::vector<std::string>& arguments = {});

/// A kind's section of the page, and what stands before the first.
std::string section(const Kind& kind, const Shown& shown);
std::string page_header();
/// The heading of a kind's group.
std::string group_heading(const Kind& kind);

}  // namespace qkv::tests
