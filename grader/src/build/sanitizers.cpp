#include "build/sanitizers.hpp"

#include <filesystem>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/failure.hpp"
#include "base/process.hpp"

namespace qkv::grader {

namespace {

/// The arguments of a command as clang -### tells it: each in quotes.
std::vector<std::string> quoted_arguments(const std::string& line) {
    std::vector<std::string> arguments;
    for (std::size_t i = line.find('"'); i != std::string::npos; i = line.find('"', i + 1)) {
        std::string argument;
        for (++i; i < line.size() && line[i] != '"'; ++i) {
            if (line[i] == '\\' && i + 1 < line.size()) ++i;
            argument += line[i];
        }
        arguments.push_back(argument);
    }
    return arguments;
}

/// How the compiler would link: asked anew each time, as its libraries may have been installed since CMake ran.
std::vector<std::string> link_command(const Toolchain& toolchain, const nlohmann::json& flags) {
    Command command;
    command.arguments = {toolchain.clang, "-###"};
    for (const auto& flag : flags) command.arguments.push_back(flag.get<std::string>());
    command.arguments.insert(command.arguments.end(), {"OBJECTS", "-o", "WORKER"});
    command.folder = (toolchain.build / "worker").string();  // holds a file OBJECTS
    command.seconds = 10;
    std::istringstream said(run(command).output);
    for (std::string line; std::getline(said, line);) {
        if (line.find("\"WORKER\"") != std::string::npos) return quoted_arguments(line);
    }
    throw Failure(kit_fault, toolchain.clang + " -### does not tell how it links");
}

}  // namespace

Toolchain with_sanitizers(Toolchain toolchain) {
    const auto sanitized = nlohmann::json::parse(toolchain.text).at("sanitized");
    for (const auto& flag : sanitized.at("flags")) toolchain.flags.push_back(flag.get<std::string>());
    toolchain.warm_header = sanitized.at("warm_header").get<std::string>();
    toolchain.warm_object = sanitized.at("warm_object").get<std::string>();
    toolchain.worker_library = sanitized.at("worker_library").get<std::string>();
    toolchain.sanitize = true;
    toolchain.link = link_command(toolchain, sanitized.at("link_flags"));
    for (const std::string& argument : toolchain.link) {
        const bool runtime = argument.starts_with('/') && argument.ends_with(".a");
        if (!runtime || std::filesystem::exists(argument)) continue;
        throw Failure(wrong_usage,
                      Text{fmt::format("--sanitize: {} is not installed. Its package: libclang-rt-dev on Debian and "
                                       "Ubuntu, compiler-rt on Fedora and Arch.",
                                       argument),
                           fmt::format("--sanitize：没有安装 {}。软件包：Debian 和 Ubuntu 是 libclang-rt-dev，"
                                       "Fedora 和 Arch 是 compiler-rt。",
                                       argument)});
    }
    return toolchain;
}

void allow_more_time(std::vector<Exercise>& catalog) {
    constexpr double slowness = 5;
    for (Exercise& exercise : catalog) {
        exercise.limits.call_seconds *= slowness;
        exercise.limits.cpu_seconds *= slowness;
        exercise.limits.exercise_seconds *= slowness;
    }
}

Text walls_down_words() {
    return {
        "--sanitize: your own code runs without the walls of a grading (no system-call filter, no memory limit); "
        "points are not recorded.",
        "--sanitize：运行的是你自己的代码，所以这一次没有评分时的防护（不过滤系统调用，不限制内存），得分也不记录。"};
}

}  // namespace qkv::grader
