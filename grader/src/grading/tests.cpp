#include "grading/tests.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "walls/sandbox.hpp"

namespace qkv::grader {

namespace {

#ifdef QKV_SANITIZE  // the preset asan: then the tests have ASan in them
constexpr bool kit_is_sanitized = true;
#else
constexpr bool kit_is_sanitized = false;
#endif

std::vector<std::string> worker_command(const Toolchain& toolchain, const Exercise& exercise,
                                        const std::filesystem::path& worker, const std::string& probe) {
    const Limits& limits = exercise.limits;
    std::vector<std::string> command = {
        toolchain.confine.string(),
        fmt::format("{:.0f}", limits.memory_megabytes * 1024 * 1024),
        fmt::format("{:.0f}", std::max(1.0, limits.cpu_seconds)),
        fmt::format("{:.0f}", limits.output_kilobytes * 1024),
        worker.string(),
    };
    if (!probe.empty()) command.push_back(probe);
    if (toolchain.sanitize) {
        command.insert(command.begin() + 1, "--unfiltered");
        return command;
    }
    if (toolchain.walls.bubblewrap.empty()) return command;
    command.insert(command.begin() + 1, "--enclosed");
    View view;
    view.readable = {toolchain.confine, worker};
    return behind_bubblewrap(toolchain.walls, view, command);
}

}  // namespace

record::RunSettings settings_for(const Toolchain& toolchain, const Exercise& exercise,
                                 const std::filesystem::path& worker, const TestsOptions& options) {
    record::RunSettings settings;
    settings.worker = worker_command(toolchain, exercise, worker, options.probe);
    settings.enclosed = !toolchain.walls.bubblewrap.empty() && !toolchain.sanitize;
    settings.call_seconds = exercise.limits.call_seconds;
    settings.record = options.record;
    settings.seed = options.seed;
    settings.compare = options.compare;
    settings.input = options.input;
    return settings;
}

std::string fingerprint_of_values(const Exercise& exercise) {
    std::vector<std::string> files;
    std::error_code ignored;
    for (const char* folder : {"golden", "model"}) {
        for (const auto& entry : std::filesystem::directory_iterator(exercise.folder / folder, ignored))
            files.push_back(fingerprint(entry.path()));
    }
    std::ranges::sort(files);
    return fmt::format("{}", fmt::join(files, ""));
}

std::filesystem::path tests_program(const Toolchain& toolchain, const Exercise& exercise, const TestsOptions& options) {
    const char* program = options.scenes ? "scenes" : options.hidden ? "hidden_tests" : "tests";
    return toolchain.exercise_folder(exercise.id) / program;
}

void leave_settings(const Toolchain& toolchain, const Exercise& exercise, const record::RunSettings& settings,
                    const std::string& file) {
    std::ofstream(toolchain.exercise_folder(exercise.id) / file) << record::to_text(settings);
}

RunReport run_tests(const Toolchain& toolchain, const Exercise& exercise, const std::filesystem::path& worker,
                    const TestsOptions& options) {
    record::RunSettings settings = settings_for(toolchain, exercise, worker, options);
    if (!options.settings_file.empty()) leave_settings(toolchain, exercise, settings, options.settings_file);
    settings.report_descriptor = line_descriptor;

    Command command;
    command.arguments = {tests_program(toolchain, exercise, options).string(), "--order", "decl"};
    if (!options.parts.empty()) command.arguments.push_back(fmt::format("[{}]", fmt::join(options.parts, "],[")));
    command.environment["QKV_RUN"] = record::to_text(settings);
    command.seconds = exercise.limits.exercise_seconds * busyness();
    // A tall matrix times a wide one, both of them answers, fills any memory. Sanitizers need all addresses.
    if (!toolchain.sanitize && !kit_is_sanitized)
        command.memory = std::max(std::uint64_t{2} << 30,
                                  static_cast<std::uint64_t>(exercise.limits.memory_megabytes * 1024 * 1024));
    RunReport report;
    const auto is_left_out = [&](const PlannedCase& planned) {
        const auto has = [&](const std::string& part) {
            return planned.tags.find("[" + part + "]") != std::string::npos;
        };
        return !options.parts.empty() && std::ranges::none_of(options.parts, has);
    };
    command.on_line = [&](const std::string& line) {
        record::add_line(report, line);
        std::erase_if(report.plan, is_left_out);
        if (options.on_case) options.on_case(report);
    };
    const Ended ended = run(command);
    if (!report.complete && ended.exit_code == record::machine_fault) {
        throw Failure(
            kit_fault,
            said({"the learner's program cannot run on this machine now ({}): is there memory, and "
                  "room for processes? Nothing was recorded; try again",
                  "学习者的程序现在无法在这台机器上运行（{}）：内存够吗，还能启动进程吗？没有记分，请稍后再试"},
                 first_line(ended)));
    }
    if (!report.complete && !ended.timed_out) {
        if (ended.signal == SIGKILL)
            throw Failure(kit_fault, said({"the tests of {} were killed, as the system does when memory runs out. "
                                           "Nothing was recorded; try again",
                                           "{} 的测试被系统终止了，内存用完时就会这样。没有记分，请稍后再试"},
                                          exercise.id));
        throw Failure(kit_fault, fmt::format("the tests of {} ended early (exit status {}, signal {}): {}", exercise.id,
                                             ended.exit_code, ended.signal, clean(ended.output, 600)));
    }
    return report;
}

}  // namespace qkv::grader
