#include "base/durable.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace qkv::grader {

namespace fs = std::filesystem;

void OpenFile::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

OpenFile open_to_write(const fs::path& path) {
    // Without O_NONBLOCK a fifo would wait for a reader.
    OpenFile file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666));
    struct stat info {};
    if (file && (fstat(file.descriptor(), &info) != 0 || !S_ISREG(info.st_mode))) file.close();
    return file;
}

std::optional<std::string> read_regular_file(const fs::path& path, std::size_t largest) {
    const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (!file || fstat(file.descriptor(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
    if (info.st_size < 0 || static_cast<std::size_t>(info.st_size) > largest) return std::nullopt;
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t count = read(file.descriptor(), text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    text.resize(size);
    return text;
}

bool write_to_disk(const OpenFile& file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = write(file.descriptor(), text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return fsync(file.descriptor()) == 0;
}

bool write_to_disk(const fs::path& path, std::string_view text) {
    const OpenFile file = open_to_write(path);
    if (!file) return false;
    if (ftruncate(file.descriptor(), 0) == 0 && write_to_disk(file, text)) return true;
    std::error_code ignored;
    fs::remove(path, ignored);
    return false;
}

void sync_to_disk(const fs::path& path) {
    const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (file) fsync(file.descriptor());
}

}  // namespace qkv::grader
