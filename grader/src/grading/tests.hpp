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
    bool scenes = false;             ///< the scenes instead
    bool keeps = true;               ///< what they say is kept, and what they said before counts
    std::string input;               ///< that the scenes are to show; empty: their own examples
    bool record = false;             ///< report outcomes in full
    std::vector<std::string> parts;  ///< only these; empty: all
    std::string probe;               ///< argument of a probe worker
    bool compare = false;            ///< hidden tests look for the smallest case that differs
    std::uint64_t seed = 0;
    std::string settings_file;  ///< leave the settings under this name; empty: nowhere
    /// Sees the report grow, after each test case, if given.
    std::function<void(const RunReport&)> on_case;
};

/// What a run of these tests against this worker is told.
record::RunSettings settings_for(const Toolchain& toolchain, const Exercise& exercise,
                                 const std::filesystem::path& worker, const TestsOptions& options);

/// What stands for the recorded and golden values and the models that an exercise's tests read.
std::string fingerprint_of_values(const Exercise& exercise);

/// The tests program of an exercise.
std::filesystem::path tests_program(const Toolchain& toolchain, const Exercise& exercise, const TestsOptions& options);

/// The settings that a tests program finds when a person runs it; and those whose worker is the reference, for scripts
/// that call it.
inline constexpr const char *own_settings = "run.json", *reference_settings = "reference.json";

/// Leaves the settings beside the tests program.
void leave_settings(const Toolchain& toolchain, const Exercise& exercise, const record::RunSettings& settings,
                    const std::string& file);

/// Throws Failure (kit_fault) if the tests program itself fails.
RunReport run_tests(const Toolchain& toolchain, const Exercise& exercise, const std::filesystem::path& worker,
                    const TestsOptions& options);

}  // namespace qkv::grader
