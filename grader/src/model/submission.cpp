#include "model/submission.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/failure.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

/// What the machine did is no fault of the file's.
[[noreturn]] static void cannot_read(const fs::path& path, int error) {
    throw Failure(kit_fault, said({"{}: cannot be read: {}", "{}：读不了：{}"}, clean(path.string(), 200),
                                  std::generic_category().message(error)));
}

static bool is_one_of(int error, std::initializer_list<int> errors) {
    return std::ranges::find(errors, error) != errors.end();
}

static SourceFile no_file(const fs::path& path) { return {path, "", {BuildFault::Kind::no_plain_file, 0, ""}}; }

SourceFile read_source(const fs::path& path, const Exercise& exercise) {
    SourceFile source{path, "", {}};
    // Without O_NONBLOCK a fifo would wait for a writer.
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    // A link, a socket, a file without permission; not a disk that fails, nor a process with too many files open.
    if (descriptor < 0 && !is_one_of(errno, {ELOOP, ENXIO, ENODEV, ENOENT, ENOTDIR, ENAMETOOLONG, EACCES, EPERM}))
        cannot_read(path, errno);
    struct stat info {};
    if (descriptor < 0 || fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
        source = no_file(path);
    } else if (info.st_size > static_cast<off_t>(exercise.limits.source_kilobytes * 1024)) {
        source.fault = {BuildFault::Kind::file_too_large, exercise.limits.source_kilobytes, ""};
    } else {
        source.text.resize(static_cast<std::size_t>(info.st_size));
        std::size_t size = 0;
        while (size < source.text.size()) {
            const ssize_t count = read(descriptor, source.text.data() + size, source.text.size() - size);
            if (count < 0) {
                const int error = errno;
                close(descriptor);
                cannot_read(path, error);
            }
            if (count == 0) break;
            size += static_cast<std::size_t>(count);
        }
        source.text.resize(size);
    }
    if (descriptor >= 0) close(descriptor);
    return source;
}

std::optional<SourceFile> find_source(const fs::path& folder, const Exercise& exercise) {
    for (const fs::path& path : {folder / (exercise.id + ".cpp"), folder / exercise.id / (exercise.id + ".cpp")}) {
        struct stat info {};
        if (lstat(path.c_str(), &info) != 0) {
            if (is_one_of(errno, {ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG})) continue;
            cannot_read(path, errno);
        }
        // What lies behind a link is not in the folder.
        const bool elsewhere = path.parent_path() != folder && fs::is_symlink(path.parent_path());
        return elsewhere ? no_file(path) : read_source(path, exercise);
    }
    return std::nullopt;
}

}  // namespace qkv::grader
