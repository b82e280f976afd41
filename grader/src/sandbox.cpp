#include "sandbox.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "failure.hpp"
#include "process.hpp"

namespace qkv {

namespace fs = std::filesystem;

namespace {

constexpr const char* program = "/usr/bin/bwrap";

/// /usr, and what leads into it: on merged systems /bin, /lib and the like are links.
std::vector<std::string> system_view() {
    std::vector<std::string> view = {"--ro-bind", "/usr", "/usr"};
    for (const char* name : {"/bin", "/lib", "/lib32", "/lib64", "/sbin"}) {
        std::error_code error;
        if (fs::is_symlink(name, error))
            view.insert(view.end(), {"--symlink", fs::read_symlink(name, error).string(), name});
        else if (fs::exists(name, error))
            view.insert(view.end(), {"--ro-bind", name, name});
    }
    // The loader's list of libraries, and where Debian keeps which compiler is meant.
    for (const char* name : {"/etc/ld.so.cache", "/etc/alternatives"})
        view.insert(view.end(), {"--ro-bind-try", name, name});
    return view;
}

}  // namespace

std::vector<std::string> enclosed(const std::string& bubblewrap, const View& view, std::vector<std::string> command) {
    if (bubblewrap.empty()) return command;
    std::vector<std::string> wall = {
        bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL"};
    if (view.system) {
        const auto system = system_view();
        wall.insert(wall.end(), system.begin(), system.end());
    }
    for (const fs::path& path : view.readable) wall.insert(wall.end(), {"--ro-bind", path.string(), path.string()});
    if (!view.writable.empty())
        wall.insert(wall.end(),
                    {"--bind", view.writable.string(), view.writable.string(), "--chdir", view.writable.string()});
    wall.insert(wall.end(), {"--remount-ro", "/", "--"});
    wall.insert(wall.end(), command.begin(), command.end());
    return wall;
}

std::string weaker_words(const std::string& why_not, Language language) {
    return fmt::format(
        fmt::runtime(language == Language::zh ? "只有第一道墙（confine）：{}。编译器能读到其他文件；见 docs/security.md"
                                              : "first wall (confine) only: {}; the compiler may read other files, see "
                                                "docs/security.md"),
        why_not);
}

std::string find_bubblewrap(const std::string& mode, std::string& why_not) {
    if (mode == "off") return "";
    std::string sentence;
    if (access(program, X_OK) != 0) {
        sentence = "bubblewrap is not installed (Debian's package is called bubblewrap)";
    } else {
        Command attempt;
        attempt.arguments = enclosed(program, {{}, {}, true}, {"/usr/bin/true"});
        attempt.seconds = 10;
        const Ended ended = run(attempt);
        if (ended.exit_code == 0) return program;
        sentence = "bubblewrap may not make namespaces here (" +
                   clean(ended.output.substr(0, ended.output.find('\n')), 200) + ")";
    }
    if (mode == "on") throw Failure(wrong_usage, "--sandbox on: " + sentence + "; see docs/security.md");
    why_not = sentence;
    return "";
}

}  // namespace qkv
