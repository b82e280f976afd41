// What the tests of handout share: a copy, and what is in it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/process.hpp"
#include "grader.hpp"

#include "harness/catch2.hpp"

namespace qkv::tests {

/// The files below a folder, by their paths: what they hold, and whether they can be run. Not what git keeps.
inline std::map<std::string, std::string> tree(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (auto entry = std::filesystem::recursive_directory_iterator(folder);
         entry != std::filesystem::recursive_directory_iterator(); ++entry) {
        const std::string name = entry->path().filename();
        if (entry->is_directory() && (name == ".git" || name == ".qkv")) entry.disable_recursion_pending();
        if (!entry->is_regular_file()) continue;
        const bool runs =
            (entry->status().permissions() & std::filesystem::perms::owner_exec) != std::filesystem::perms::none;
        files[entry->path().lexically_relative(folder)] = (runs ? "runs: " : "") + read_text(entry->path());
    }
    return files;
}

inline std::string shell(const std::string& line, const std::filesystem::path& folder) {
    grader::Command command;
    command.arguments = {"/bin/sh", "-c", line};
    command.folder = folder.string();
    command.environment = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                           {"GIT_AUTHOR_NAME", "a"},
                           {"GIT_AUTHOR_EMAIL", "a@b"},
                           {"GIT_COMMITTER_NAME", "a"},
                           {"GIT_COMMITTER_EMAIL", "a@b"}};
    const grader::Ended ended = run(command);
    INFO(line << '\n' << ended.output);
    REQUIRE(ended.exit_code == 0);
    return ended.output.substr(0, ended.output.find_last_not_of('\n') + 1);
}

inline Said handout(const TestKit& kit, const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"handout"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return grader(all, kit);
}

}  // namespace qkv::tests
