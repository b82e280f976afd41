// What `run --sanitize` asks of the machine, and what it tells the learner before it runs.
#ifndef QKV_GRADER_SANITIZERS_HPP
#define QKV_GRADER_SANITIZERS_HPP

#include "recipe.hpp"
#include "text.hpp"

namespace qkv {

/// Throws Failure (wrong_usage) if the compiler's sanitizers are not installed; names the packages.
void check_sanitizers(const Recipe& recipe);

/// One line: the walls are down for this run.
Text walls_down_words();

}  // namespace qkv

#endif
