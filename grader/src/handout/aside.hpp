// A folder of our own beside what it will become: gone at the end, and after a kill at the next start.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/failure.hpp"

namespace qkv::grader {

class Aside {
public:
    /// Makes it, empty. Throws Failure (wrong_usage) while another ./grade has it.
    explicit Aside(const std::filesystem::path& place) : folder(place) {
        std::filesystem::create_directories(folder);
        descriptor_ = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (descriptor_ < 0 && (errno == ELOOP || errno == ENOTDIR))  // what lies behind a link is somebody else's
            throw Failure(wrong_usage, said({"{} is there already, and no folder of ours: move it away first",
                                             "{} 已经存在，而且不是本工具建的文件夹：请先把它移走"},
                                            clean(folder.string(), 300)));
        // A file system without locks has none to wait for.
        if (descriptor_ < 0 || (flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)) {
            if (descriptor_ >= 0) close(descriptor_);
            throw Failure(wrong_usage, said({"{}: another ./grade is at work there", "{}：另一个 ./grade 正在那里工作"},
                                            clean(folder.parent_path().string(), 300)));
        }
        for (const auto& entry : std::filesystem::directory_iterator(folder)) std::filesystem::remove_all(entry.path());
    }
    ~Aside() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
        close(descriptor_);
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

    const std::filesystem::path folder;

private:
    int descriptor_ = -1;
};

}  // namespace qkv::grader
