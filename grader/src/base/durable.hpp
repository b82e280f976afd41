// Files of which nothing may be lost: read whole, written whole, on the disk before anything else
// relies on them.
#ifndef QKV_BASE_DURABLE_HPP
#define QKV_BASE_DURABLE_HPP

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace qkv::grader {

/// An open descriptor, closed at the end; false if nothing could be opened.
class OpenFile {
public:
    explicit OpenFile(int descriptor = -1) : descriptor_(descriptor) {}
    ~OpenFile() { close(); }
    OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    OpenFile& operator=(OpenFile&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    explicit operator bool() const { return descriptor_ >= 0; }
    int descriptor() const { return descriptor_; }
    void close();

private:
    int descriptor_;
};

/// Opens a regular file for writing, made if it is not there.
OpenFile open_to_write(const std::filesystem::path& path);

/// The file's text; nothing if it is no regular file, cannot be read, or is larger than `largest` bytes.
std::optional<std::string> read_regular_file(const std::filesystem::path& path, std::size_t largest);

/// Writes the text and waits until the disk has it. False if that failed; then there is no such file.
bool write_to_disk(const std::filesystem::path& path, std::string_view text);

/// The same to an open file.
bool write_to_disk(const OpenFile& file, std::string_view text);

/// Waits until the disk has the folder's names, or a file's content; best effort.
void sync_to_disk(const std::filesystem::path& path);

}  // namespace qkv::grader

#endif
