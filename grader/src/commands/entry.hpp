// What both programs do: read the command line, load the kit, run one verb, tell how it ended.
#pragma once

#include <functional>

#include "commands/commands.hpp"

namespace qkv::grader {

/// The function of a verb in this program, or null if another program has it.
using FindVerb = std::function<VerbFunction*(const Verb& verb)>;

/// Returns the exit status.
int run_program(int argc, char** argv, const FindVerb& find);

}  // namespace qkv::grader
