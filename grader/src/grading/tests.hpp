// Runs the tests of an exercise against a worker and collects what they report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "model/kit.hpp"
#include "model/result.hpp"
#include "record/run_settings.hpp"

namespace qkv::grader {

struct TestsOptions {
    bool hidden = false;             ///< the hidden tests instead of the visible ones
    bool record = false;             ///< report outcomes in full
    std::vector<std::string> parts;  ///< only these; empty: all
    std::string probe;               ///< argument of a probe worker
    bool compare = false;            ///< hidden tests look for the smallest case that differs
    std::uint64_t seed = 0;
    bool leave_settings = false;  ///< let the tests be run by hand against this worker
    /// Sees the report grow, after each test case, if given.
    std::function<void(const RunReport&)> on_case;
};

/// What a run of these tests against this worker is told.
record::RunSettings settings_for(const Toolchain& toolchain, const Exercise& exercise,
                                 const std::filesystem::path& worker, const TestsOptions& options);

/// The tests program of an exercise.
std::filesystem::path tests_program(const Toolchain& toolchain, const Exercise& exercise, const TestsOptions& options);

/// Leaves the settings where the tests program finds them when a person runs it.
void leave_settings(const Toolchain& toolchain, const Exercise& exercise, const record::RunSettings& settings);

/// Throws Failure (kit_fault) if the tests program itself fails.
RunReport run_tests(const Toolchain& toolchain, const Exercise& exercise, const std::filesystem::path& worker,
                    const TestsOptions& options);

}  // namespace qkv::grader
