// unpack ARCHIVE FOLDER: copies the C++ files of an archive into a folder, behind a wall and within limits. Each gets a
// number for its name, and a line on standard output says what it was called: paths of strangers never name a file
// here. "archive NAME" says of an archive in it that it was not opened. Exit status 0; or 1 and one word: encrypted,
// entries, bytes, files, broken; or 2: the machine could not.
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "collect/endings.hpp"

namespace {

constexpr std::size_t most_entries = 20000, most_files = 400;
constexpr std::size_t longest_file = std::size_t{1} << 20;  // what is longer is cut one byte behind, and refused later
constexpr std::int64_t most_bytes = std::int64_t{256} << 20;
constexpr std::size_t longest_path = 1000;

[[noreturn]] void give_up(const char* word) {
    std::printf("%s\n", word);
    std::fflush(stdout);
    _exit(1);
}

[[noreturn]] void blame_machine(const char* what, int error) {
    std::printf("%s: %s\n", what, std::strerror(error));
    std::fflush(stdout);
    _exit(2);
}

/// A disk that cannot be read makes no archive broken.
[[noreturn]] void give_up_reading(archive* from, bool encrypted) {
    if (archive_errno(from) == EIO) blame_machine("read", EIO);
    give_up(encrypted ? "encrypted" : "broken");
}

/// What is said of a file: no byte in it can end the line.
std::string one_line(std::string path) {
    for (char& byte : path) {
        if (byte == '\n' || byte == '\r' || byte == '\0') byte = '?';
    }
    return path;
}

/// What people pack sources with, and no more of what libarchive reads: some formats name files to read, some filters
/// start programs.
void support_archives(archive* from) {
    archive_read_support_format_zip(from);
    archive_read_support_format_tar(from);
    archive_read_support_format_7zip(from);
    archive_read_support_format_rar(from);
    archive_read_support_format_rar5(from);
    archive_read_support_filter_gzip(from);
    archive_read_support_filter_bzip2(from);
    archive_read_support_filter_xz(from);
    archive_read_support_filter_zstd(from);
}

/// Reads at most `most` bytes of the entry.
std::string content_of(archive* from, std::size_t most, std::int64_t& read_so_far) {
    std::string text;
    std::vector<char> piece(65536);
    while (text.size() < most) {
        const la_ssize_t count = archive_read_data(from, piece.data(), std::min(piece.size(), most - text.size()));
        if (count == 0) break;
        if (count < 0) give_up_reading(from, archive_read_has_encrypted_entries(from) > 0);
        text.append(piece.data(), static_cast<std::size_t>(count));
        read_so_far += count;
    }
    return text;
}

void write_to(const std::string& path, const std::string& text) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) blame_machine("write", errno);
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t count = write(file, text.data() + at, text.size() - at);
        if (count <= 0) blame_machine("write", errno);
        at += static_cast<std::size_t>(count);
    }
    if (close(file) != 0) blame_machine("write", errno);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    std::setlocale(LC_ALL, "C.UTF-8");  // names that say they are UTF-8 are taken so
    archive* from = archive_read_new();
    support_archives(from);
    const int file = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (file < 0) blame_machine("open", errno);
    if (archive_read_open_fd(from, file, 65536) != ARCHIVE_OK) give_up_reading(from, false);
    std::int64_t bytes = 0;
    std::size_t entries = 0, files = 0, archives = 0;
    archive_entry* entry = nullptr;
    int state = ARCHIVE_OK;
    while ((state = archive_read_next_header(from, &entry)) != ARCHIVE_EOF) {
        if (state == ARCHIVE_FATAL) give_up_reading(from, entries == 0 && archive_read_has_encrypted_entries(from) > 0);
        if (++entries > most_entries) give_up("entries");
        // What is skipped is unpacked too, where the whole archive is one stream.
        if (bytes + archive_filter_bytes(from, 0) > most_bytes) give_up("bytes");
        const char* path = archive_entry_pathname(entry);
        const bool plain = archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr;
        if (path == nullptr || !plain) continue;
        const std::string name = one_line(std::string(path).substr(0, longest_path));
        if (qkv::grader::is_archive(path) && ++archives <= 8) std::printf("archive %s\n", name.c_str());
        if (!qkv::grader::is_source(path)) continue;
        if (archive_entry_is_encrypted(entry) != 0) give_up("encrypted");
        if (++files > most_files) give_up("files");
        write_to(std::string(argv[2]) + "/" + std::to_string(files), content_of(from, longest_file + 1, bytes));
        std::printf("%zu %s\n", files, name.c_str());
    }
    archive_read_free(from);
    return std::fflush(stdout) == 0 ? 0 : 2;
}
