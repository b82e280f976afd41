#include "handout/repository.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/process.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

Ended run_git(const fs::path& folder, const std::vector<std::string>& arguments, const std::string& date) {
    Command command;
    // Inside a hook git has told its children where to look.
    command.arguments = {find_program("env")};
    for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
                             "GIT_NAMESPACE", "GIT_PREFIX"})
        command.arguments.insert(command.arguments.end(), {"-u", name});
    command.arguments.insert(command.arguments.end(), {"git", "-C", folder.string()});
    for (const char* setting : {"safe.directory=*", "core.hooksPath=/dev/null", "core.autocrlf=false",
                                "commit.gpgSign=false", "gc.auto=0", "core.quotePath=false"})
        command.arguments.insert(command.arguments.end(), {"-c", setting});
    command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
    command.environment = {{"LC_ALL", "C.UTF-8"},
                           {"GIT_CONFIG_GLOBAL", "/dev/null"},
                           {"GIT_CONFIG_NOSYSTEM", "1"},
                           {"GIT_AUTHOR_NAME", "qkv"},
                           {"GIT_AUTHOR_EMAIL", "qkv@localhost"},
                           {"GIT_COMMITTER_NAME", "qkv"},
                           {"GIT_COMMITTER_EMAIL", "qkv@localhost"}};
    if (!date.empty()) command.environment.insert({{"GIT_AUTHOR_DATE", date}, {"GIT_COMMITTER_DATE", date}});
    command.seconds = 600;
    command.longest_output = 64U << 20;
    return run(command);
}

std::string git_at(const fs::path& folder, const std::vector<std::string>& arguments, const std::string& date) {
    const Ended ended = run_git(folder, arguments, date);
    if (ended.exit_code == 0) return ended.output;
    std::string words = stripped(clean(ended.output, 600));
    std::ranges::replace(words, '\n', ' ');
    throw Failure(kit_fault, said({"git {}: {}", "git {}：{}"}, arguments.front(), words));
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::set<std::string> set_of(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

/// A git that was killed with us has left its locks; nobody else's are touched.
class UnlockedGit {
public:
    UnlockedGit(const fs::path& repository, const std::string& branch) : mark_(repository / "qkv-is-committing") {
        const bool was_killed = fs::exists(mark_);
        write_file(mark_, "");
        if (!was_killed) return;
        std::error_code ignored;
        for (const char* name : {"index.lock", "HEAD.lock"}) fs::remove(repository / name, ignored);
        fs::remove(repository / (branch + ".lock"), ignored);
    }
    ~UnlockedGit() {
        std::error_code ignored;
        fs::remove(mark_, ignored);
    }
    UnlockedGit(const UnlockedGit&) = delete;
    UnlockedGit& operator=(const UnlockedGit&) = delete;

private:
    fs::path mark_;
};

}  // namespace

std::vector<std::string> names_in(const std::string& text) {
    std::vector<std::string> names;
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\0', begin)) != std::string::npos; begin = end + 1)
        names.push_back(text.substr(begin, end - begin));
    return names;
}

std::string git(const fs::path& folder, const std::vector<std::string>& arguments) {
    return git_at(folder, arguments, "");
}

bool is_tracked(const fs::path& folder, const std::string& name) {
    const Ended ended = run_git(folder, {"ls-files", "-z", "--", name}, "");
    return ended.exit_code == 0 && !ended.output.empty();
}

std::string date_of(const fs::path& kit) {
    const Ended ended = run_git(kit, {"log", "-1", "--format=%ct"}, "");
    return ended.exit_code == 0 ? "@" + first_line(ended.output) + " +0000" : "";
}

void first_commit(const fs::path& folder, const std::string& message, const std::string& date) {
    git(folder, {"init", "-q", "--template=", "-b", "main"});
    git(folder, {"add", "-f", "-A"});
    git_at(folder, {"commit", "-q", "--no-verify", "-m", message}, date);
}

bool commit_files(const fs::path& folder, const std::vector<std::string>& paths, const std::string& message,
                  const std::string& date) {
    if (!fs::exists(folder / ".git")) return false;
    const fs::path repository = first_line(git(folder, {"rev-parse", "--absolute-git-dir"}));
    const Ended branch = run_git(folder, {"symbolic-ref", "-q", "HEAD"}, "");
    const UnlockedGit unlocked(repository, first_line(branch.output));
    const std::set<std::string> tracked = set_of(names_in(git(folder, {"ls-files", "-z"})));
    const std::set<std::string> committed =
        set_of(names_in(git(folder, {"ls-tree", "-r", "-z", "--name-only", "HEAD"})));
    // What is gone may be staged already, by one who was killed.
    std::string to_add, to_commit;
    for (const std::string& path : paths) {
        const bool known = fs::exists(fs::symlink_status(folder / path)) || tracked.contains(path);
        if (known) to_add += ":(literal)" + path + '\0';
        if (known || committed.contains(path)) to_commit += ":(literal)" + path + '\0';
    }
    const fs::path file = repository / "qkv-paths";
    const auto of_listed = [&](std::vector<std::string> arguments, const std::string& list) {
        write_file(file, list);
        arguments.insert(arguments.end(), {"--pathspec-from-file=" + file.string(), "--pathspec-file-nul"});
        return arguments;
    };
    git(folder, of_listed({"add", "-f", "-A"}, to_add));
    const std::set<std::string> changed = set_of(names_in(git(folder, {"diff", "--name-only", "-z", "HEAD"})));
    const bool some = std::ranges::any_of(paths, [&](const std::string& path) { return changed.contains(path); });
    if (some) git_at(folder, of_listed({"commit", "-q", "--no-verify", "-m", message}, to_commit), date);
    std::error_code ignored;
    fs::remove(file, ignored);
    return some;
}

}  // namespace qkv::grader
