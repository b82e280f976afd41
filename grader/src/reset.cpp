#include "reset.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "durable.hpp"
#include "failure.hpp"

namespace qkv {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& path, const Text& why, Language language) {
    throw Failure(wrong_usage, clean(path.string()) + (language == Language::zh ? "：" : ": ") + why.in(language));
}

[[noreturn]] void refuse_by_system(const fs::path& path, const std::error_code& error, Language language) {
    const std::string reason = error.message();
    refuse(path,
           {"cannot be written (" + reason + "); nothing was changed", "无法写入（" + reason + "），什么都没有改动"},
           language);
}

std::error_code last_error() { return {errno, std::generic_category()}; }

struct Stub {
    std::string text;
    mode_t mode;  ///< as git made it, and writable
};

Stub read_stub(const Exercise& exercise) {
    constexpr std::size_t largest = 16U << 20;
    const fs::path path = exercise.folder / "stub.cpp";
    struct stat info {};
    const auto text = read_regular_file(path, largest);
    if (!text || stat(path.c_str(), &info) != 0)
        throw Failure(kit_fault, path.string() + ": missing; the learner's file is made from it");
    return {*text, (info.st_mode & 0666U) | S_IWUSR};
}

/// True if there is a file. Only a regular file is the learner's to be kept and replaced.
bool is_there(const fs::path& file, Language language) {
    struct stat info {};
    if (lstat(file.c_str(), &info) != 0) {
        if (errno == ENOENT) return false;
        refuse_by_system(file, last_error(), language);
    }
    if (!S_ISREG(info.st_mode)) {
        refuse(file,
               {"this is a link, a folder or a device, not a file; move it away, then reset again",
                "这是链接、目录或设备，不是普通文件；请先把它移走，再重新 reset"},
               language);
    }
    return true;
}

/// The stub, whole and on the disk, under a name of its own beside the learner's file.
fs::path write_aside(const fs::path& file, const Stub& stub, Language language) {
    std::string form = (file.parent_path() / ("." + file.filename().string() + ".XXXXXX.new")).string();
    const OpenFile aside(mkostemps(form.data(), 4, O_CLOEXEC));
    if (!aside) refuse_by_system(file.parent_path(), last_error(), language);
    const bool whole = fchmod(aside.descriptor(), stub.mode) == 0 && write_to_disk(aside, stub.text);
    if (!whole) {
        const std::error_code error = last_error();
        fs::remove(form);
        refuse_by_system(file.parent_path(), error, language);
    }
    return form;
}

std::string time_words(std::time_t now) {
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d-%H%M%S", &local);
    return text.data();
}

/// Gives the file a second name, which is whole at once; where that cannot be, copies it.
/// `file_exists` if the name is taken.
std::error_code keep_as(const fs::path& file, const fs::path& kept) {
    if (link(file.c_str(), kept.c_str()) == 0) return {};
    std::error_code error = last_error();
    if (error == std::errc::file_exists) return error;
    if (fs::copy_file(file, kept, fs::copy_options::none, error)) sync_to_disk(kept);
    return error;
}

fs::path keep(const fs::path& file, const fs::path& folder, std::time_t now, Language language) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) refuse_by_system(folder, error, language);
    const std::string name = file.stem().string() + "-" + time_words(now);
    for (int other = 1;; ++other) {
        fs::path kept = folder / (name + (other == 1 ? "" : fmt::format("-{}", other)) + ".cpp");
        error = keep_as(file, kept);
        if (error == std::errc::file_exists) continue;
        if (error) refuse_by_system(folder, error, language);
        sync_to_disk(file);
        sync_to_disk(folder);
        return kept;
    }
}

}  // namespace

bool make_from_stub(const Exercise& exercise, Language language) {
    const fs::path file = exercise.folder / (exercise.id + ".cpp");
    struct stat info {};
    if (lstat(file.c_str(), &info) == 0) return false;
    const fs::path aside = write_aside(file, read_stub(exercise), language);
    const std::error_code error = keep_as(aside, file);
    std::error_code ignored;
    fs::remove(aside, ignored);
    if (error && error != std::errc::file_exists) refuse_by_system(exercise.folder, error, language);
    sync_to_disk(exercise.folder);
    return !error;
}

Reset put_stub_back(const Exercise& exercise, const fs::path& kept_folder, std::time_t now, Language language) {
    const fs::path file = exercise.folder / (exercise.id + ".cpp");
    const Stub stub = read_stub(exercise);
    const bool there = is_there(file, language);
    if (there && read_regular_file(file, stub.text.size()) == stub.text) return {true, {}};
    const fs::path aside = write_aside(file, stub, language);
    Reset reset;
    std::error_code error;
    try {
        if (there) reset.kept = keep(file, kept_folder, now, language);
    } catch (...) {
        fs::remove(aside, error);
        throw;
    }
    fs::rename(aside, file, error);
    if (error) {
        std::error_code ignored;
        fs::remove(aside, ignored);
        refuse_by_system(file, error, language);
    }
    sync_to_disk(exercise.folder);
    return reset;
}

}  // namespace qkv
