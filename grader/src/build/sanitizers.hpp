// What `run --sanitize` asks of the machine, and what it tells the learner before it runs.
#pragma once

#include <vector>

#include "base/text.hpp"
#include "model/catalog.hpp"
#include "model/toolchain.hpp"

namespace qkv::grader {

/// The same kit, but workers have ASan and UBSan in them: flags, warm header, serving loop and the linker's command
/// are others, so nothing that is built is shared. They run without walls (their shadow memory alone is terabytes of
/// address space), so they are for one's own files.
/// Throws Failure (wrong_usage) if the compiler's sanitizers are not installed; names the packages.
Toolchain with_sanitizers(Toolchain toolchain);

/// Every access is checked and nothing optimised: allows calls, workers and exercises five times their time.
void allow_more_time(std::vector<Exercise>& catalog);

/// One line: the walls are down for this run.
Text walls_down_words();

}  // namespace qkv::grader
