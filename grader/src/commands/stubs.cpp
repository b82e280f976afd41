#include "commands/stubs.hpp"

#include <unistd.h>

#include <string>
#include <system_error>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/files.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

fs::path stub_of(const Exercise& exercise) { return exercise.folder / "stub.cpp"; }

/// The stub that the learner's file was made from.
fs::path made_from(const fs::path& root, const Exercise& exercise) {
    return root / ".qkv" / "stubs" / (exercise.id + ".cpp");
}

/// The stub that a learner who has begun was last told of.
fs::path told_of(const fs::path& root, const Exercise& exercise) {
    return root / ".qkv" / "stubs" / (exercise.id + ".told.cpp");
}

/// Whether the file's text is this one. What is no regular file is not opened: a fifo would wait.
bool holds(const fs::path& file, const std::string& text) {
    std::error_code none;
    return fs::is_regular_file(file, none) && fs::file_size(file, none) == text.size() && read_file(file) == text;
}

/// A second name for the file, which is whole at once; where the file system has no links, a copy. `file_exists` if the
/// name is taken.
std::error_code keep_as(const fs::path& file, const fs::path& kept) {
    std::error_code error;
    fs::create_hard_link(file, kept, error);
    if (error && error != std::errc::file_exists) fs::copy_file(file, kept, error);  // refuses to overwrite
    return error;
}

fs::path keep(const fs::path& file, const fs::path& folder, std::time_t now) {
    fs::create_directories(folder);
    const std::string name = fmt::format("{}-{:%Y-%m-%d-%H%M%S}", file.stem().string(), fmt::localtime(now));
    for (int other = 1;; ++other) {
        fs::path kept = folder / (name + (other == 1 ? "" : fmt::format("-{}", other)) + ".cpp");
        const std::error_code error = keep_as(file, kept);
        if (!error) return kept;
        if (error != std::errc::file_exists) throw fs::filesystem_error("cannot be written", kept, error);
    }
}

[[noreturn]] void refuse(const fs::path& path, const std::error_code& error) {
    throw Failure(wrong_usage,
                  said({"{}: cannot be written ({}); nothing was changed", "{}：无法写入（{}），什么都没有改动"},
                       clean(path.string()), error.message()));
}

/// Makes the learner's file where there is none; false if there is one.
bool make_file(const fs::path& file, const std::string& stub) try {
    if (fs::exists(fs::symlink_status(file))) return false;
    const fs::path aside = fmt::format("{}.{}.new", file.string(), getpid());
    write_file(aside, stub);
    const std::error_code error = keep_as(aside, file);
    fs::remove(aside);
    if (error && error != std::errc::file_exists) refuse(file, error);
    return !error;
} catch (const fs::filesystem_error& error) {
    refuse(file, error.code());
}

/// What cannot be written is not remembered.
void write_if_possible(const fs::path& path, const std::string& text) try {
    fs::create_directories(path.parent_path());
    write_file(path, text);
} catch (const fs::filesystem_error&) {
}

void remember(const fs::path& root, const Exercise& exercise, const std::string& stub) {
    if (!holds(made_from(root, exercise), stub)) write_if_possible(made_from(root, exercise), stub);
    std::error_code ignored;
    fs::remove(told_of(root, exercise), ignored);
}

/// The new stub in place of the old one. What was saved at this very moment is kept as reset keeps it.
void replace_old_stub(const fs::path& root, const Exercise& exercise, const std::string& old) {
    const Reset reset = put_stub_back(exercise, root / ".qkv" / "kept", std::time(nullptr));
    std::error_code ignored;
    if (holds(reset.kept, old)) fs::remove(reset.kept, ignored);
}

}  // namespace

std::optional<StubNews> follow_stub(const fs::path& root, const Exercise& exercise) {
    using What = StubNews::What;
    const fs::path file = exercise.learners_file(), from = made_from(root, exercise), told = told_of(root, exercise);
    if (!fs::is_regular_file(stub_of(exercise))) return std::nullopt;  // being written; verify says so
    const std::string stub = read_file(stub_of(exercise)), old = read_file(from);
    if (make_file(file, stub)) {
        remember(root, exercise, stub);
        return StubNews{What::made, {}};
    }
    // Where nothing is remembered, today's stub counts from now on.
    if (old.empty() || holds(file, stub)) {
        remember(root, exercise, stub);
        return std::nullopt;
    }
    if (old == stub || holds(told, stub)) return std::nullopt;
    if (holds(file, old) && !fs::is_symlink(file)) {
        replace_old_stub(root, exercise, old);
        remember(root, exercise, stub);
        return StubNews{What::corrected, {}};
    }
    write_if_possible(told, stub);
    return StubNews{What::changed, from};
}

void remember_stub(const fs::path& root, const Exercise& exercise) {
    remember(root, exercise, read_file(stub_of(exercise)));
}

Reset put_stub_back(const Exercise& exercise, const fs::path& kept_folder, std::time_t now) try {
    const fs::path file = exercise.learners_file(), stub = stub_of(exercise);
    if (!fs::exists(stub)) throw Failure(kit_fault, stub.string() + ": missing; it is what reset puts back");
    const std::string text = read_file(stub);
    const auto status = fs::symlink_status(file);
    if (fs::exists(status) && !fs::is_regular_file(status))
        throw Failure(wrong_usage,
                      said({"{}: this is a link, a folder or a device, not a file; move it away, then reset again",
                            "{}：这是链接、目录或设备，不是普通文件；请先把它移走，再重新 reset"},
                           clean(file.string())));
    if (holds(file, text)) return {true, {}};
    Reset reset;
    if (fs::exists(status)) reset.kept = keep(file, kept_folder, now);
    write_file(file, text);
    return reset;
} catch (const fs::filesystem_error& error) {
    refuse(error.path1(), error.code());
}

}  // namespace qkv::grader
