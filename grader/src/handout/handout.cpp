// ./grade handout DIR: for instructors, the learners' copy of the kit, and a newer kit brought into one.
#include "handout/handout.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include <fmt/format.h>

#include "base/files.hpp"
#include "handout/aside.hpp"
#include "handout/contents.hpp"
#include "handout/leaks.hpp"
#include "handout/repository.hpp"
#include "handout/update.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

std::string shown(const fs::path& path) { return clean(path.string(), 300); }

/// The folder that is meant, links resolved. Throws Failure (wrong_usage) if it is in the kit.
fs::path folder_outside(const Kit& kit, const fs::path& named) {
    fs::path folder = fs::weakly_canonical(fs::absolute(named));
    if (folder.filename().empty()) folder = folder.parent_path();
    const fs::path root = fs::weakly_canonical(kit.root);
    if (std::ranges::mismatch(root, folder).in1 == root.end())
        throw Failure(wrong_usage, said({"{}: this is inside the kit; name a folder outside it",
                                         "{}：这在工具自己的目录里；请另选一个目录"},
                                        shown(folder)));
    return folder;
}

/// What may be handed out. Throws Failure (wrong_usage) if it gives solutions away.
Contents checked_contents(const Kit& kit, Language language) {
    Contents contents = contents_of(kit);
    if (const std::vector<Leak> found = leaks(kit.root, contents.files); !found.empty()) {
        const Leak& leak = found.front();
        throw Failure(wrong_usage, said({"{}:{}: this would give away a part of {} ({} places in all): {}",
                                         "{}:{}：这里泄露了 {} 的内容（共 {} 处）：{}"},
                                        leak.path, leak.line, leak.solution, found.size(), clean(leak.text, 120)));
    }
    if (!contents.untracked.empty())
        fmt::print(stderr, "{}\n",
                   say({"not tracked by git, so they stay out: {} files, {} among them",
                        "有 {} 个文件没有纳入 git，不会发出去，例如 {}"},
                       language, contents.untracked.size(), clean(contents.untracked.front(), 200)));
    return contents;
}

int hand_out(const Kit& kit, const fs::path& folder, Language language) try {
    const auto status = fs::status(folder);
    if (fs::exists(status) && (!fs::is_directory(status) || !fs::is_empty(folder))) {
        const Text words = is_handout(folder)
                               ? Text{"{0}: a copy is there already; a newer kit: ./grade handout --update {0}",
                                      "{0}：这里已经有一份；要更新它：./grade handout --update {0}"}
                               : Text{"{0}: this is there already, and not empty; name a new folder",
                                      "{0}：已经存在，而且不是空的；请换一个新目录"};
        throw Failure(wrong_usage, said(words, shown(folder)));
    }
    const Contents contents = checked_contents(kit, language);
    const Aside aside(folder.parent_path() / fmt::format(".{}.handout.new", folder.filename().string()));
    write_contents(contents, aside.folder, kit.toolchain.kit_version);
    first_commit(aside.folder, fmt::format("qkv {}, the learners' copy", kit.toolchain.kit_version), date_of(kit.root));
    fs::rename(aside.folder, folder);
    fmt::print("{}", say({"  the learners' copy: {}, {} files, a git repository with one commit\n"
                          "  a newer kit later: ./grade handout --update {}\n",
                          "  学生版：{}，{} 个文件，只有一次提交的 git 仓库\n"
                          "  以后更新：./grade handout --update {}\n"},
                         language, shown(folder), contents.files.size(), shell_quoted(shown(folder))));
    return all_earned;
} catch (const fs::filesystem_error& error) {
    throw Failure(wrong_usage,
                  said({"{}: cannot be written ({})", "{}：无法写入（{}）"}, shown(folder), error.code().message()));
}

/// One update at a time; the kernel frees it, however we end.
class OneUpdate {
public:
    explicit OneUpdate(const fs::path& copy) {
        fs::create_directories(copy / ".qkv");
        descriptor_ = open((copy / ".qkv" / "handout.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor_ >= 0 && flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
        if (descriptor_ >= 0) close(descriptor_);
        throw Failure(wrong_usage, said({"{}: cannot be written, or another ./grade handout is at work there",
                                         "{}：无法写入，或者另一个 ./grade handout 正在更新"},
                                        shown(copy)));
    }
    ~OneUpdate() { close(descriptor_); }
    OneUpdate(const OneUpdate&) = delete;
    OneUpdate& operator=(const OneUpdate&) = delete;

private:
    int descriptor_ = -1;
};

void print_changes(const std::vector<Change>& changes, Language language) {
    using What = Change::What;
    const auto words = [](What what) {
        return what == What::added      ? Text{"  new        {}\n", "  新增    {}\n"}
               : what == What::replaced ? Text{"  replaced   {}\n", "  替换    {}\n"}
               : what == What::removed  ? Text{"  removed    {}\n", "  删除    {}\n"}
                                        : Text{"  kept       {}   changed or made here; the kit's is not taken\n",
                                              "  保留    {}   在这里改过或新建；没有用新版替换\n"};
    };
    std::array<int, 4> counts{};
    for (const Change& change : changes) {
        fmt::print("{}", say(words(change.what), language, clean(change.path, 300)));
        ++counts[static_cast<std::size_t>(change.what)];
    }
    fmt::print("{}", say({"  {} new, {} replaced, {} removed, {} kept\n", "  新增 {}，替换 {}，删除 {}，保留 {}\n"},
                         language, counts[0], counts[1], counts[2], counts[3]));
}

/// The kit's files that are in the copy's next commit: not those that are somebody's own by now.
std::vector<std::string> paths_to_commit(const fs::path& copy, const Hashes& before) {
    std::vector<std::string> paths = {handout_list};
    const Hashes after = read_list(read_file(copy / handout_list));
    std::vector<std::string> all;
    for (const auto& [path, hash] : after) all.push_back(path);
    const Hashes now = hashes_of(copy, all);
    for (const auto& [path, hash] : after) {
        if (now.contains(path) && now.at(path) == hash) paths.push_back(path);
    }
    for (const auto& [path, hash] : before) {
        if (!after.contains(path) && !fs::exists(fs::symlink_status(copy / path))) paths.push_back(path);
    }
    return paths;
}

/// The list of the last commit: whoever was killed behind the update has already another one in the folder.
Hashes committed_list(const fs::path& copy) try {
    return read_list(git(copy, {"show", std::string("HEAD:") + handout_list}));
} catch (const Failure&) {
    return {};
}

int update(const Kit& kit, const fs::path& copy, bool only_check, Language language) try {
    if (!is_handout(copy))
        throw Failure(wrong_usage, said({"{}: no learners' copy, there is no {} in it", "{}：不是学生版，里面没有 {}"},
                                        shown(copy), handout_list));
    const Contents contents = checked_contents(kit, language);
    if (only_check) {
        const Aside fresh(kit.toolchain.build / fmt::format("handout.{}.new", getpid()));
        write_contents(contents, fresh.folder, kit.toolchain.kit_version);
        const std::vector<Change> changes = changes_of(copy, fresh.folder);
        print_changes(changes, language);
        return changes.empty() ? all_earned : points_missing;
    }
    const OneUpdate alone(copy);
    const Aside fresh(copy / ".qkv" / "handout.new");
    write_contents(contents, fresh.folder, kit.toolchain.kit_version);
    const std::vector<Change> changes = changes_of(copy, fresh.folder);
    const bool repository = fs::exists(copy / ".git");
    const Hashes before = repository ? committed_list(copy) : Hashes{};
    make_changes(copy, fresh.folder, changes);
    print_changes(changes, language);
    if (repository && commit_files(copy, paths_to_commit(copy, before),
                                   fmt::format("qkv {}, a newer kit", kit.toolchain.kit_version), date_of(kit.root)))
        fmt::print("{}", say({"  committed; who has cloned it gets it by git pull\n",
                              "  已提交；克隆了它的人用 git pull 取得更新\n"},
                             language));
    return all_earned;
} catch (const fs::filesystem_error& error) {
    throw Failure(wrong_usage, said({"{}: cannot be written ({}); run this again when it can be",
                                     "{}：无法写入（{}）；可以写入之后请再运行一次"},
                                    shown(error.path1()), error.code().message()));
}

}  // namespace

int handout_command(const Kit& kit, const Arguments& arguments) {
    const fs::path folder = folder_outside(kit, arguments.ids.front());
    if (arguments.update || arguments.check) return update(kit, folder, arguments.check, arguments.language);
    return hand_out(kit, folder, arguments.language);
}

}  // namespace qkv::grader
