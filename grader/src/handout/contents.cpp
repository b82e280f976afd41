#include "handout/contents.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/process.hpp"
#include "handout/aside.hpp"
#include "handout/repository.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// What learners must not have, or have no use for without solutions: beginnings of paths.
constexpr std::array stays_here = {
    "solutions/",       "common/golden/", "CONTRIBUTING.md", "docs/class",        "docs/instructors",
    "docs/messages.md", "docs/scaling",   "grader/bench/",   "grader/templates/", "grader/tests/",
};

/// Of those, what is handed out all the same: the tests that make sense in a copy.
constexpr std::array goes_along = {
    "grader/tests/CMakeLists.txt",     "grader/tests/building.sh", "grader/tests/end_to_end/instructor/copy_tests.cpp",
    "grader/tests/end_to_end/grader.", "grader/tests/pages/",      "grader/tests/quiz.py",
    "grader/tests/symbols.sh",         "grader/tests/unit/",
};

/// The root of a kit. In a folder that is no checkout, everything else there is somebody's own.
constexpr std::array kit_root = {
    ".ci",
    ".clang-format",
    ".clang-tidy",
    ".clangd",
    ".devcontainer",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    ".vscode",
    "CHANGELOG.md",
    "CMakeLists.txt",
    "CMakePresets.json",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "README.zh.md",
    "check",
    "cmake",
    "common",
    "compile_flags.txt",
    "docs",
    "exercises",
    "grade",
    "grader",
};

bool begins_with_any(const std::string& path, const auto& beginnings) {
    return std::ranges::any_of(beginnings, [&](std::string_view one) { return path.starts_with(one); });
}

bool is_for_learners(const std::string& path) {
    return path != handout_list && (!begins_with_any(path, stays_here) || begins_with_any(path, goes_along));
}

std::vector<std::string> root_of_kit(const fs::path& root) {
    std::vector<std::string> there;
    for (const char* name : kit_root) {
        if (fs::exists(root / name)) there.emplace_back(name);
    }
    return there;
}

/// git's list of what lies there and is not ignored; of a folder without a repository too, by an empty one elsewhere.
std::vector<std::string> not_ignored(const Kit& kit, bool tracked) {
    std::vector<std::string> arguments = {"ls-files", "-z", "--others", "--exclude-standard", "--"};
    std::ranges::move(root_of_kit(kit.root), std::back_inserter(arguments));
    if (tracked) return names_in(git(kit.root, arguments));
    const Aside elsewhere(kit.toolchain.build / fmt::format("handout.{}.git", getpid()));
    git(kit.toolchain.build, {"init", "-q", "--bare", "--template=", elsewhere.folder.string()});
    arguments.insert(arguments.begin(), {"--git-dir=" + elsewhere.folder.string(), "--work-tree=" + kit.root.string()});
    return names_in(git(kit.root, arguments));
}

/// What a copy hands on is what came with it.
std::vector<std::string> came_with(const fs::path& copy) {
    std::vector<std::string> names;
    const Hashes list = read_list(read_file(copy / handout_list));
    for (const auto& [path, hash] : list) names.push_back(path);
    const Hashes now = hashes_of(copy, names);
    for (const auto& [path, hash] : list) {
        if (!now.contains(path) || now.at(path) != hash)
            throw Failure(wrong_usage, said({"{} is not as it was handed out; hand out from an unchanged copy",
                                             "{} 与发下来时不同；请从没有改动过的那一份生成"},
                                            clean((copy / path).string(), 300)));
    }
    return names;
}

bool needs_solutions(const std::string& line) {
    static constexpr std::array verbs = {"compare", "verify", "new", "class", "handout", "export"};
    return line.find("--solutions") != std::string::npos || line.find("--hidden") != std::string::npos ||
           std::ranges::any_of(
               verbs, [&](std::string_view verb) { return line.starts_with(fmt::format("./grade {} ", verb)); });
}

}  // namespace

bool is_handout(const fs::path& root) { return fs::is_regular_file(fs::symlink_status(root / handout_list)); }

Contents contents_of(const Kit& kit) {
    Contents contents;
    std::vector<std::string> names;
    const bool copy = is_handout(kit.root);
    if (copy) {
        names = came_with(kit.root);
    } else if (fs::exists(kit.root / ".git") || is_tracked(kit.root, "exercises")) {
        names = names_in(git(kit.root, {"ls-files", "-z", "--cached"}));
        contents.untracked = not_ignored(kit, true);
        std::erase_if(contents.untracked, [](const std::string& path) { return !is_for_learners(path); });
    } else {
        names = not_ignored(kit, false);
    }
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()),
                names.end());  // a merge in the middle lists a file three times
    for (const std::string& path : names) {
        const fs::path file = kit.root / path;
        if (!is_for_learners(path) || !fs::is_regular_file(fs::symlink_status(file))) continue;
        const bool executable = (fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none;
        const bool page = file.extension() == ".md" && !copy;
        contents.files.push_back({path, page ? page_for_learners(read_file(file)) : read_file(file), executable});
    }
    return contents;
}

std::string page_for_learners(const std::string& page) {
    std::istringstream lines(page);
    std::string text;
    bool left_out = false, uncovered = false, code = false, blank = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == "<!-- kit only -->" || line == "<!-- end -->") {
            left_out = line == "<!-- kit only -->";
            continue;
        }
        if (line == "<!-- copy only" || (uncovered && line == "-->")) {
            uncovered = line != "-->";
            continue;
        }
        if (left_out) continue;
        if (line.starts_with("```")) code = !code;
        if (code && needs_solutions(line)) continue;
        if (!code && line.empty() && blank) continue;  // what stood between them is gone
        blank = line.empty();
        text += line + "\n";
    }
    return text;
}

Hashes read_list(const std::string& text) {
    constexpr std::size_t digits = 64;
    Hashes list;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#') || line.size() < digits + 3) continue;
        const fs::path path = line.substr(digits + 2);
        // Nobody's list leads out of the copy.
        const bool inside =
            path.is_relative() && std::ranges::none_of(path, [](const fs::path& p) { return p == ".."; });
        if (inside && *path.begin() != ".git") list[path.string()] = line.substr(0, digits);
    }
    return list;
}

Hashes hashes_of(const fs::path& folder, const std::vector<std::string>& paths) {
    Command command;
    command.arguments = {find_program("sha256sum"), "--"};
    for (const std::string& path : paths) {
        if (fs::is_regular_file(fs::symlink_status(folder / path))) command.arguments.push_back(path);
    }
    if (command.arguments.size() == 2) return {};
    command.folder = folder.string();
    command.longest_output = 64U << 20;
    command.environment = {{"LC_ALL", "C"}};
    const Ended ended = run(command);
    if (ended.exit_code != 0) throw Failure(kit_fault, "sha256sum: " + clean(ended.output, 600));
    return read_list(ended.output);
}

void write_contents(const Contents& contents, const fs::path& folder, const std::string& version) {
    std::vector<std::string> paths;
    for (const HandedOut& file : contents.files) {
        fs::create_directories((folder / file.path).parent_path());
        write_file(folder / file.path, file.text);
        fs::permissions(folder / file.path, fs::perms(file.executable ? 0755 : 0644));
        paths.push_back(file.path);
    }
    std::string list = fmt::format(
        "# What came with this copy of qkv {}: ./grade handout --update goes by it, sha256sum --check .handout too.\n",
        version);
    for (const auto& [path, hash] : hashes_of(folder, paths)) list += fmt::format("{}  {}\n", hash, path);
    write_file(folder / handout_list, list);
    fs::permissions(folder / handout_list, fs::perms(0644));
}

}  // namespace qkv::grader
