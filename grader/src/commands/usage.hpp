// What can be typed after ./grade, in both languages, and what of it excludes each other.
#ifndef QKV_COMMANDS_USAGE_HPP
#define QKV_COMMANDS_USAGE_HPP

#include <string>
#include <vector>

#include "commands/arguments.hpp"
#include "base/text.hpp"

namespace qkv::grader {

struct Verb {
    std::string name;
    std::string operands;  ///< what follows it: ID [PART]
    Text does;
};

/// In the order of the help.
const std::vector<Verb>& verbs();

/// The verb, or null.
const Verb* find_verb(const std::string& name);

/// Ends with one line, which names the help too. Throws Failure (wrong_usage).
[[noreturn]] void refuse(const Text& sentence);

/// What excludes each other on a command line, and verbs that are mistyped. Throws Failure (wrong_usage).
void refuse_contradictions(const Arguments& arguments);

}  // namespace qkv::grader

#endif
