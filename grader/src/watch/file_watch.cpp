#include "watch/file_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/failure.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

FileWatch::FileWatch(const std::vector<fs::path>& files) : descriptor_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (descriptor_ < 0) throw Failure(wrong_usage, said({"watch: inotify: {}", ""}, std::strerror(errno)));
    for (const fs::path& file : files) {
        files_.insert(file);
        wanted_.insert(file.parent_path());
    }
    for (const fs::path& folder : wanted_) {
        if (watch(folder)) continue;
        const Text why = errno == ENOSPC ? Text{"the system watches no more (fs.inotify.max_user_watches)",
                                                "系统能监视的数目用完了（fs.inotify.max_user_watches）"}
                                         : Text{std::strerror(errno), ""};
        close(descriptor_);
        throw Failure(wrong_usage, said({"watch: {}: {}", "watch：{}：{}"}, folder.string(), why));
    }
}

FileWatch::~FileWatch() { close(descriptor_); }

bool FileWatch::watch(const fs::path& folder) {
    const int number = inotify_add_watch(descriptor_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
    if (number >= 0) folders_[number] = folder;
    return number >= 0;
}

std::set<fs::path> FileWatch::read() {
    std::set<fs::path> saved;
    alignas(inotify_event) std::array<char, 1U << 14> buffer{};
    for (ssize_t count; (count = ::read(descriptor_, buffer.data(), buffer.size())) > 0;) {
        for (const char* at = buffer.data(); at < buffer.data() + count;) {
            const auto* event = reinterpret_cast<const inotify_event*>(at);
            at += sizeof(inotify_event) + event->len;
            if ((event->mask & IN_Q_OVERFLOW) != 0) saved = files_;  // anything may have happened
            const auto folder = folders_.find(event->wd);
            if (folder == folders_.end()) continue;
            if ((event->mask & IN_IGNORED) != 0) {
                folders_.erase(folder);
            } else if (event->len > 0 && files_.contains(folder->second / event->name)) {
                saved.insert(folder->second / event->name);
            }
        }
    }
    return saved;
}

bool FileWatch::renew() {
    const std::size_t before = folders_.size();
    for (const fs::path& folder : wanted_) watch(folder);  // one that is watched already keeps its number
    return folders_.size() > before;
}

}  // namespace qkv::grader
