// What tests said of a worker, kept: an unchanged file is never graded twice.
#pragma once

#include "grading/tests.hpp"

namespace qkv::grader {

/// As `run_tests`, or what that returned before for the same worker, tests, golden values, walls, limits, part
/// and seed. What a busy machine may have decided (time that ran out) is not kept.
RunReport run_tests_once(const Toolchain& toolchain, const Exercise& exercise, const std::filesystem::path& worker,
                         const TestsOptions& options);

}  // namespace qkv::grader
