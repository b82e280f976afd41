#include "tests_run.hpp"

#include <fstream>

#include <fmt/format.h>

#include "failure.hpp"
#include "process.hpp"
#include "sandbox.hpp"
#include "testing/run_settings.hpp"

namespace qkv {

namespace {

/// Every access checked, nothing optimised: such a worker gets that many times the time of others.
constexpr double sanitized_slowness = 5;

std::vector<std::string> worker_command(const Recipe& recipe, const Exercise& exercise,
                                        const std::filesystem::path& worker, const std::string& probe) {
    const Limits& limits = exercise.limits;
    if (recipe.sanitize)
        return {recipe.confine.string(),
                "--unfiltered",
                "0",
                fmt::format("{:.0f}", std::max(1.0, sanitized_slowness * limits.cpu_seconds)),
                fmt::format("{:.0f}", limits.output_kilobytes * 1024),
                worker.string()};
    std::vector<std::string> command = {
        recipe.confine.string(),
        fmt::format("{:.0f}", limits.memory_megabytes * 1024 * 1024),
        fmt::format("{:.0f}", std::max(1.0, limits.cpu_seconds)),
        fmt::format("{:.0f}", limits.output_kilobytes * 1024),
        worker.string(),
    };
    if (!probe.empty()) command.push_back(probe);
    if (recipe.walls.bubblewrap.empty()) return command;
    command.insert(command.begin() + 1, "--enclosed");
    View view;
    view.readable = {recipe.confine, worker};
    return behind_bubblewrap(recipe.walls, view, command);
}

}  // namespace

RunReport run_tests(const Recipe& recipe, const Exercise& exercise, const std::filesystem::path& worker,
                    const TestsOptions& options) {
    testing::RunSettings settings;
    settings.worker = worker_command(recipe, exercise, worker, options.probe);
    const double slowness = recipe.sanitize ? sanitized_slowness : 1;
    settings.enclosed = !recipe.walls.bubblewrap.empty() && !recipe.sanitize;
    settings.call_seconds = slowness * exercise.limits.call_seconds;
    settings.record = options.record;
    settings.seed = options.seed;
    settings.compare = options.compare;
    const auto place = recipe.place(exercise.id);
    if (options.leave_settings) std::ofstream(place / "run.json") << testing::to_text(settings);
    settings.report_descriptor = line_descriptor;

    Command command;
    command.arguments = {(place / (options.hidden ? "hidden_tests" : "tests")).string(), "--order", "decl"};
    if (!options.part.empty()) command.arguments.push_back("[" + options.part + "]");
    command.environment["QKV_RUN"] = testing::to_text(settings);
    command.seconds = slowness * exercise.limits.exercise_seconds;
    RunReport report;
    command.on_line = [&report](const std::string& line) { add_line(report, line); };
    const Ended ended = run(command);
    if (!report.complete && !ended.timed_out) {
        throw Failure(kit_fault, fmt::format("the tests of {} ended early (exit status {}, signal {}): {}", exercise.id,
                                             ended.exit_code, ended.signal, clean(ended.output, 600)));
    }
    return report;
}

}  // namespace qkv
