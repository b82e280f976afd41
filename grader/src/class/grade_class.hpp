// ./grade class: everything that was handed in, graded, booked and shown.
#pragma once

#include "commands/commands.hpp"

namespace qkv::grader {

int class_command(const Kit& kit, const Arguments& arguments);

}  // namespace qkv::grader
