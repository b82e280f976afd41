// What leaves this house: the learners' copy, and what others' services take.
#pragma once

#include "commands/commands.hpp"

namespace qkv::grader {

/// ./grade handout DIR
int handout_command(const Kit& kit, const Arguments& arguments);

/// ./grade export gradescope|github DIR
int export_command(const Kit& kit, const Arguments& arguments);

}  // namespace qkv::grader
