// Builds, with CMake's files, what gradings share: tests, glue, the warm header.
#pragma once

#include <vector>

#include "model/catalog.hpp"
#include "model/toolchain.hpp"

namespace qkv::grader {

/// Whom a kit is built for: graded by visible tests, shown too, graded by hidden tests too (or compared with the
/// reference), or proven.
enum class KitOf { learners, scenes, hidden_tests, instructors };

/// Builds one target of the kit. Throws as build_kit does.
void build_target(const Toolchain& toolchain, const std::string& target);

/// Builds the tests of an exercise with its functions in-process. Throws as build_kit does.
void build_debug_tests(const Toolchain& toolchain, const Exercise& exercise);

/// Builds what gradings of these exercises share; of those that they need, what linking asks for.
/// Shows progress on standard error. Throws Failure (kit_fault) if the kit itself does not build.
void build_kit(const Toolchain& toolchain, const std::vector<Exercise>& exercises, const std::vector<Exercise>& needed,
               KitOf whom);

}  // namespace qkv::grader
