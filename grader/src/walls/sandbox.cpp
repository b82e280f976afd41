#include "walls/sandbox.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/failure.hpp"
#include "base/process.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

constexpr const char* program = "/usr/bin/bwrap";

// The system's programs and libraries beside /usr; on merged systems these are links into it.
constexpr std::array folders = {"/bin", "/lib", "/lib32", "/lib64", "/sbin"};
// The loader's list of libraries, and where Debian keeps which compiler is meant.
constexpr std::array files = {"/etc/ld.so.cache", "/etc/alternatives"};

std::vector<std::string> system_view() {
    std::vector<std::string> view = {"--ro-bind", "/usr", "/usr"};
    for (const char* name : folders) {
        std::error_code error;
        if (fs::is_symlink(name, error))
            view.insert(view.end(), {"--symlink", fs::read_symlink(name, error).string(), name});
        else if (fs::exists(name, error))
            view.insert(view.end(), {"--ro-bind", name, name});
    }
    for (const char* name : files) view.insert(view.end(), {"--ro-bind-try", name, name});
    return view;
}

/// The folder but for one below it: its entries, and those of the folders on the way.
std::vector<fs::path> all_but(const fs::path& folder, const fs::path& masked) {
    std::vector<fs::path> paths;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const bool on_the_way = (masked / "").string().starts_with((entry.path() / "").string());
        if (!on_the_way) paths.push_back(entry.path());
        if (!on_the_way || entry.path() == masked) continue;
        const auto below = all_but(entry.path(), masked);
        paths.insert(paths.end(), below.begin(), below.end());
    }
    return paths;
}

Ended try_out(const Walls& walls) {
    Command attempt;
    attempt.arguments = enclosed(walls, {{}, {}, true}, {"/usr/bin/true"});
    attempt.seconds = 10;
    return run(attempt);
}

}  // namespace

std::vector<std::string> behind_bubblewrap(const Walls& walls, const View& view, std::vector<std::string> command) {
    if (walls.bubblewrap.empty()) return command;
    std::vector<std::string> wall = {
        walls.bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL"};
    if (view.system) {
        const auto system = system_view();
        wall.insert(wall.end(), system.begin(), system.end());
        if (!walls.masked.empty()) wall.insert(wall.end(), {"--tmpfs", walls.masked.string()});
    }
    for (const fs::path& path : view.readable) wall.insert(wall.end(), {"--ro-bind", path.string(), path.string()});
    if (!view.writable.empty()) {
        const std::string folder = view.writable.string();
        wall.insert(wall.end(), {"--bind", folder, folder, "--chdir", folder});
    }
    wall.insert(wall.end(), {"--remount-ro", "/", "--"});
    wall.insert(wall.end(), command.begin(), command.end());
    return wall;
}

std::vector<std::string> enclosed(const Walls& walls, const View& view, std::vector<std::string> command) {
    if (walls.enclose.empty()) return behind_bubblewrap(walls, view, std::move(command));
    std::vector<std::string> wall = {walls.enclose};
    const auto read = [&](const fs::path& path) { wall.insert(wall.end(), {"--read", path.string()}); };
    if (view.system) {
        if (walls.masked.empty())
            read("/usr");
        else
            std::ranges::for_each(all_but("/usr", walls.masked), read);
        std::ranges::for_each(folders, read);
        std::ranges::for_each(files, read);
    }
    std::ranges::for_each(view.readable, read);
    if (!view.writable.empty()) wall.insert(wall.end(), {"--write", view.writable.string()});
    wall.emplace_back("--");
    wall.insert(wall.end(), command.begin(), command.end());
    return wall;
}

std::string Walls::names() const {
    return bubblewrap.empty() ? enclose.empty() ? "confine" : "confine+landlock" : "confine+bubblewrap";
}

Walls find_walls(const std::string& mode, const std::string& enclose, const fs::path& kit) {
    Walls walls;
    std::error_code ignored;
    const fs::path place = fs::canonical(kit, ignored);
    if (place.string().starts_with("/usr/")) walls.masked = place;
    if (mode != "off") {
        walls.bubblewrap = program;
        const bool there = access(program, X_OK) == 0;
        const Ended ended = there ? try_out(walls) : Ended{};
        if (ended.exit_code == 0) return walls;
        walls.bubblewrap.clear();
        walls.why_not =
            there ? said({"bubblewrap may not make namespaces here ({})", "bubblewrap 在这里不能建立命名空间（{}）"},
                         clean(ended.output.substr(0, ended.output.find('\n')), 200))
                  : Text{"bubblewrap is not installed (Debian's package is called bubblewrap)",
                         "没有安装 bubblewrap（Debian 的软件包就叫 bubblewrap）"};
        if (mode == "on")
            throw Failure(wrong_usage,
                          said({"--sandbox on: {}; see docs/security.md", "--sandbox on：{}；见 docs/security.md"},
                               walls.why_not));
    }
    walls.enclose = enclose;
    if (try_out(walls).exit_code != 0) walls.enclose.clear();
    return walls;
}

Text weaker_words(const Walls& walls) {
    if (walls.why_not.en.empty()) return {};
    const Text compiler = walls.enclose.empty() ? Text{"the compiler may read every file that you can read",
                                                       "编译器能读到你能读的所有文件"}
                                                : Text{"the compiler is held by Landlock", "编译器由 Landlock 限制"};
    return said({"no second wall: {}; programs are held by confine, {}: docs/security.md",
                 "没有第二道墙：{}；程序由 confine 限制，{}，见 docs/security.md"},
                walls.why_not, compiler);
}

}  // namespace qkv::grader
