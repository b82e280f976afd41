// What `run --sanitize` asks of the machine, and what it tells the learner before it runs.
#ifndef QKV_GRADER_SANITIZERS_HPP
#define QKV_GRADER_SANITIZERS_HPP

#include <vector>

#include "catalog.hpp"
#include "recipe.hpp"
#include "text.hpp"

namespace qkv {

/// Throws Failure (wrong_usage) if the compiler's sanitizers are not installed; names the packages.
void check_sanitizers(const Recipe& recipe);

/// Every access is checked and nothing optimised: allows calls, workers and exercises five times their time.
void allow_more_time(std::vector<Exercise>& catalog);

/// One line: the walls are down for this run.
Text walls_down_words();

}  // namespace qkv

#endif
