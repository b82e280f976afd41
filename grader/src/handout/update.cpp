#include "handout/update.hpp"

#include <algorithm>
#include <optional>

#include "base/files.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// Whether something that is no folder stands where the file's folders should be: a link may lead out of the copy.
bool way_is_barred(const fs::path& copy, const fs::path& path) {
    fs::path folder = copy;
    for (const fs::path& piece : path.parent_path()) {
        folder /= piece;
        const auto status = fs::symlink_status(folder);
        if (fs::exists(status) && !fs::is_directory(status)) return true;
    }
    return false;
}

std::string hash_in(const Hashes& list, const std::string& path) {
    const auto found = list.find(path);
    return found == list.end() ? "" : found->second;
}

/// Of a file that the newer kit has; nothing if it may stay as it is.
std::optional<Change> change_of(const fs::path& copy, const std::string& path, const std::string& before,
                                const std::string& now, const std::string& after) {
    using What = Change::What;
    const bool barred = way_is_barred(copy, path);
    if (!barred && !fs::exists(fs::symlink_status(copy / path))) return Change{What::added, path};
    if (!now.empty() && !barred && (now == after || now == before)) {
        if (now == after) return std::nullopt;
        return Change{What::replaced, path};
    }
    if (before == after) return std::nullopt;  // it was told when the kit changed it last
    return Change{What::kept, path};
}

void move_file(const fs::path& from, const fs::path& to) {
    fs::create_directories(to.parent_path());
    fs::rename(from, to);
}

/// Removes a file, and the folders that it leaves empty.
void remove_file(const fs::path& copy, const fs::path& path) {
    fs::remove(copy / path);
    std::error_code none;
    for (fs::path folder = path.parent_path(); !folder.empty(); folder = folder.parent_path()) {
        if (!fs::is_empty(copy / folder, none) || none || !fs::remove(copy / folder, none)) break;
    }
}

}  // namespace

std::vector<Change> changes_of(const fs::path& copy, const fs::path& fresh) {
    const Hashes before = read_list(read_file(copy / handout_list)), after = read_list(read_file(fresh / handout_list));
    std::vector<std::string> paths;
    for (const Hashes* list : {&before, &after}) {
        for (const auto& [path, hash] : *list) {
            if (!way_is_barred(copy, path)) paths.push_back(path);
        }
    }
    std::ranges::sort(paths);
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    const Hashes now = hashes_of(copy, paths);
    std::vector<Change> changes;
    for (const auto& [path, hash] : after) {
        const auto change = change_of(copy, path, hash_in(before, path), hash_in(now, path), hash);
        if (change) changes.push_back(*change);
    }
    for (const auto& [path, hash] : before) {
        if (after.contains(path) || !fs::exists(fs::symlink_status(copy / path))) continue;
        const bool as_handed_out = hash_in(now, path) == hash;
        changes.push_back({as_handed_out ? Change::What::removed : Change::What::kept, path});
    }
    return changes;
}

void make_changes(const fs::path& copy, const fs::path& fresh, const std::vector<Change>& changes) {
    using What = Change::What;
    for (const Change& change : changes) {
        if (change.what == What::added || change.what == What::replaced)
            move_file(fresh / change.path, copy / change.path);
        if (change.what == What::removed) remove_file(copy, change.path);
    }
    if (read_file(copy / handout_list) != read_file(fresh / handout_list))
        move_file(fresh / handout_list, copy / handout_list);
}

}  // namespace qkv::grader
