#include "base/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <random>
#include <sstream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/failure.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return std::move(text).str();
}

std::string own_word() {
    static const unsigned drawn = std::random_device{}();
    return fmt::format("{}-{:08x}", getpid(), drawn);
}

void write_file(const fs::path& path, const std::string& text) {
    static std::atomic<unsigned> count = 0;  // threads and processes write the same file at once
    const fs::path aside = fmt::format("{}.{}-{}.new", path.string(), own_word(), count++);
    std::ofstream stream(aside, std::ios::binary);
    stream << text;
    stream.close();
    std::error_code error(stream ? 0 : errno, std::generic_category()), ignored;
    // Who may read the file stays as it was.
    const fs::file_status old = fs::status(path, ignored);
    if (fs::is_regular_file(old)) fs::permissions(aside, old.permissions(), ignored);
    if (!error) fs::rename(aside, path, error);
    if (!error) return;
    fs::remove(aside, ignored);
    throw fs::filesystem_error("cannot be written", path, error);
}

bool has_room(const fs::path& folder, std::uintmax_t bytes) {
    const fs::path tried = folder / (own_word() + ".room");
    const int descriptor = open(tried.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return false;
    const bool fits = posix_fallocate(descriptor, 0, static_cast<off_t>(bytes)) == 0;
    std::error_code ignored;
    fs::remove(tried, ignored);
    return close(descriptor) == 0 && fits;
}

std::string fingerprint(const fs::path& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) throw Failure(kit_fault, path.string() + ": missing; run ./grade again");
    return fmt::format("{} {} {}.{}\n", path.string(), info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

std::shared_ptr<const void> hold(const fs::path& folder) {
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return nullptr;
    std::shared_ptr<const int> held(new int(descriptor), [](const int* number) {
        close(*number);
        delete number;
    });
    struct stat held_one {
    }, there{};
    flock(descriptor, LOCK_SH);
    // It may have been forgotten between the two.
    const bool same =
        fstat(descriptor, &held_one) == 0 && stat(folder.c_str(), &there) == 0 && held_one.st_ino == there.st_ino;
    return same ? held : nullptr;
}

namespace {

struct Entry {
    fs::file_time_type time;
    fs::path path;
    std::uintmax_t bytes = 0;
};

std::vector<Entry> oldest_first(const fs::path& folder) {
    std::vector<Entry> entries;
    std::error_code ignored;
    for (const auto& found : fs::directory_iterator(folder, ignored)) {
        Entry& entry = entries.emplace_back(Entry{found.last_write_time(ignored), found.path()});
        if (!found.is_directory(ignored)) entry.bytes = found.file_size(ignored);
        for (const auto& file : fs::directory_iterator(found.path(), ignored)) entry.bytes += file.file_size(ignored);
    }
    std::ranges::sort(entries, {}, &Entry::time);
    return entries;
}

/// False if somebody holds it. A folder is moved away first, so that nobody finds half of it.
bool forget(const fs::path& path) {
    std::error_code error;
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const bool is_free = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    const fs::path away = path.string() + ".old";
    if (is_free) fs::rename(path, away, error);
    if (descriptor >= 0) close(descriptor);
    if (!is_free || error) return false;
    fs::remove_all(away, error);
    return !error;
}

}  // namespace

std::uintmax_t forget_old(const fs::path& folder, std::uintmax_t bytes) {
    const std::vector<Entry> entries = oldest_first(folder);
    std::uintmax_t all = 0;
    for (const Entry& entry : entries) all += entry.bytes;
    if (all <= bytes) return all;
    // What is made right now may not be held yet.
    const auto now = fs::file_time_type::clock::now() - std::chrono::minutes(1);
    for (const Entry& entry : entries) {
        if (all <= bytes / 3 * 2) break;
        if (entry.path.extension() == ".new" && entry.time > now) continue;
        if (forget(entry.path)) all -= entry.bytes;
    }
    return all;
}

void keep_below(const fs::path& folder, std::uintmax_t bytes, std::uintmax_t added) {
    const fs::path count = folder.string() + ".bytes";
    const std::string counted = read_file(count);
    std::uintmax_t all = 0;
    const bool known = std::from_chars(counted.data(), counted.data() + counted.size(), all).ec == std::errc();
    all = known && all <= bytes && added <= bytes - all ? all + added : forget_old(folder, bytes);
    try {
        write_file(count, std::to_string(all));
    } catch (const fs::filesystem_error&) {
        // The disk is full, say: whoever has something to keep will tell.
    }
}

std::uint64_t hash(const std::string& text) {
    std::uint64_t state = 0xcbf29ce484222325U;
    for (const char byte : text) state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    return state;
}

}  // namespace qkv::grader
