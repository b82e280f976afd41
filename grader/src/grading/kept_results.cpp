#include "grading/kept_results.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// Everything that the result depends on, on one line each.
std::string key_of(const Toolchain& toolchain, const Exercise& exercise, const fs::path& worker,
                   const TestsOptions& options) {
    std::string key = fmt::format("{}\n{}\n{}\n{}\n", toolchain.kit_version, fmt::join(options.parts, ","),
                                  exercise.limits.exercise_seconds,
                                  record::to_text(settings_for(toolchain, exercise, worker, options)));
    key +=
        fingerprint(worker) + fingerprint(tests_program(toolchain, exercise, options)) + fingerprint(toolchain.confine);
    return key + fingerprint_of_values(exercise);
}

/// A kept file holds the key, an empty line, and the lines of the tests.
std::optional<RunReport> read_kept(const fs::path& file, const std::string& key) {
    const std::string text = read_file(file);
    if (!text.starts_with(key + "\n")) return std::nullopt;
    RunReport report;
    std::istringstream lines(text.substr(key.size() + 1));
    try {
        for (std::string line; std::getline(lines, line);) record::add_line(report, line);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
    if (!report.complete) return std::nullopt;
    return report;
}

/// Of bytes of results.
constexpr std::uintmax_t most_kept = std::uintmax_t{50} << 20;

void keep(const fs::path& file, const std::string& key, const RunReport& report) {
    std::string text = key + "\n" + record::to_line(report.plan) + "\n";
    for (const CaseReport& test : report.cases) text += to_line(test) + "\n";
    text += record::end_line() + "\n";
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    try {
        if (!error) write_file(file, text);
        keep_below(file.parent_path(), most_kept, text.size());
    } catch (const fs::filesystem_error&) {
        // No room: the tests run again next time.
    }
}

bool will_last(const RunReport& report) {
    const auto by_time = [](const CaseReport& test) {
        return test.verdict == Verdict::timed_out || test.verdict == Verdict::not_run ||
               test.verdict == Verdict::bad_reply;
    };
    return report.complete && std::ranges::none_of(report.cases, by_time);
}

}  // namespace

RunReport run_tests_once(const Toolchain& toolchain, const Exercise& exercise, const fs::path& worker,
                         const TestsOptions& options) {
    if (!options.keeps) return run_tests(toolchain, exercise, worker, options);
    const std::string key = key_of(toolchain, exercise, worker, options);
    const fs::path file = toolchain.results() / fmt::format("{:016x}", hash(key));
    if (auto kept = read_kept(file, key)) {
        if (!options.settings_file.empty())
            leave_settings(toolchain, exercise, settings_for(toolchain, exercise, worker, options),
                           options.settings_file);
        if (options.on_case) options.on_case(*kept);
        std::error_code ignored;
        fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
        return *kept;
    }
    RunReport report = run_tests(toolchain, exercise, worker, options);
    if (will_last(report)) keep(file, key, report);
    return report;
}

}  // namespace qkv::grader
