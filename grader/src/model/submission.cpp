#include "model/submission.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace qkv::grader {

namespace fs = std::filesystem;

static SourceFile no_file(const fs::path& path, Language language) {
    return {path, "",
            language == Language::zh ? "这不是一个可以读取的普通文件" : "this is not a regular file that can be read"};
}

SourceFile read_source(const fs::path& path, const Exercise& exercise, Language language) {
    SourceFile source{path, "", ""};
    const bool zh = language == Language::zh;
    // Without O_NONBLOCK a fifo would wait for a writer.
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    struct stat info {};
    if (descriptor < 0 || fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        source = no_file(path, language);
    } else if (info.st_size > static_cast<off_t>(exercise.limits.source_kilobytes * 1024)) {
        source.fault =
            fmt::format(fmt::runtime(zh ? "文件大于 {} KB 的上限" : "the file is larger than the limit of {} KB"),
                        exercise.limits.source_kilobytes);
    } else {
        source.text.resize(static_cast<std::size_t>(info.st_size));
        std::size_t size = 0;
        while (size < source.text.size()) {
            const ssize_t count = read(descriptor, source.text.data() + size, source.text.size() - size);
            if (count <= 0) break;
            size += static_cast<std::size_t>(count);
        }
        source.text.resize(size);
    }
    if (descriptor >= 0) close(descriptor);
    return source;
}

std::optional<SourceFile> find_source(const fs::path& folder, const Exercise& exercise, Language language) {
    for (const fs::path& path : {folder / (exercise.id + ".cpp"), folder / exercise.id / (exercise.id + ".cpp")}) {
        struct stat info {};
        if (lstat(path.c_str(), &info) != 0) continue;
        // What lies behind a link is not in the folder.
        const bool elsewhere = path.parent_path() != folder && fs::is_symlink(path.parent_path());
        return elsewhere ? no_file(path, language) : read_source(path, exercise, language);
    }
    return std::nullopt;
}

}  // namespace qkv::grader
