#include "build/build_steps.hpp"

#include <cstdint>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/files.hpp"
#include "walls/sandbox.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

fs::path folder_of(const Toolchain& toolchain, const std::string& key) {
    fs::path folder = toolchain.workers() / fmt::format("{:016x}", hash(key));
    for (int other = 1; fs::exists(folder / "key") && read_file(folder / "key") != key; ++other) {
        folder = toolchain.workers() / fmt::format("{:016x}-{}", hash(key), other);
    }
    fs::create_directories(folder);
    if (!fs::exists(folder / "key")) write_file(folder / "key", key);
    std::error_code ignored;
    fs::last_write_time(folder, fs::file_time_type::clock::now(), ignored);
    return folder;
}

/// The steps as one line for the shell, each run if the one before succeeded.
static std::string shell_line(const std::vector<Step>& steps) {
    std::string line;
    for (const Step& step : steps) {
        line += line.empty() ? "" : " && ";
        for (const std::string& argument : step) line += " " + shell_quoted(argument);
    }
    return line;
}

Command build_command(const Toolchain& toolchain, const std::vector<Step>& steps, const Exercise& exercise,
                      const fs::path& folder, std::vector<fs::path> readable) {
    Command command;
    for (const Step& step : steps) {
        if (!step.front().starts_with("/usr/")) readable.emplace_back(step.front());
    }
    const Step all = steps.size() == 1 ? steps.front() : Step{"/bin/sh", "-c", shell_line(steps)};
    command.arguments = enclosed(toolchain.walls, {std::move(readable), folder, true}, all);
    command.folder = folder.string();
    command.seconds = exercise.limits.compile_seconds;
    command.memory = static_cast<std::uint64_t>(exercise.limits.compile_megabytes * 1024 * 1024);
    command.file = static_cast<std::uint64_t>(exercise.limits.object_megabytes * 1024 * 1024);
    command.environment = {{"LC_ALL", "C.UTF-8"}, {"TMPDIR", folder.string()}};
    return command;
}

}  // namespace qkv::grader
