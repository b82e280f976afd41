// Tells when files are saved, by inotify.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace qkv::grader {

/// Watches the folders of files, since editors often save by renaming another file into place.
class FileWatch {
public:
    /// Throws Failure (wrong_usage) if the system watches no more files.
    explicit FileWatch(const std::vector<std::filesystem::path>& files);
    ~FileWatch();
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    int descriptor() const { return descriptor_; }

    /// The watched files that were written, or renamed into place, since the last call.
    std::set<std::filesystem::path> read();

    /// Watches anew a folder that was removed and made again (as version control does). True if there was one: its
    /// file may have changed. False while all is watched or the folder is not there.
    bool renew();
    bool complete() const { return folders_.size() == wanted_.size(); }

private:
    bool watch(const std::filesystem::path& folder);

    int descriptor_;
    std::set<std::filesystem::path> files_, wanted_;
    std::map<int, std::filesystem::path> folders_;  ///< by inotify's number
};

}  // namespace qkv::grader
