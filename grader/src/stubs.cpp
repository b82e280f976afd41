#include "stubs.hpp"

#include <ctime>

#include "durable.hpp"
#include "files.hpp"
#include "reset.hpp"

namespace qkv {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest_file = 16U << 20;

fs::path made_from(const fs::path& root, const Exercise& exercise) {
    return root / ".qkv" / "stubs" / (exercise.id + ".cpp");
}

/// The stub that a learner who has begun was last told of.
fs::path told_of(const fs::path& root, const Exercise& exercise) {
    return root / ".qkv" / "stubs" / (exercise.id + ".told.cpp");
}

/// What cannot be written is not remembered.
void write_if_possible(const fs::path& path, const std::string& text) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    try {
        write_file(path, text);
    } catch (const fs::filesystem_error&) {
    }
}

void remember(const fs::path& root, const Exercise& exercise, const std::string& stub) {
    if (read_file(made_from(root, exercise)) != stub) write_if_possible(made_from(root, exercise), stub);
    std::error_code ignored;
    fs::remove(told_of(root, exercise), ignored);
}

/// The new stub in place of the old one. What was saved at this very moment is kept as reset keeps it.
void replace_old_stub(const fs::path& root, const Exercise& exercise, const std::string& old, Language language) {
    const Reset reset = put_stub_back(exercise, root / ".qkv" / "kept", std::time(nullptr), language);
    std::error_code ignored;
    if (!reset.kept.empty() && read_file(reset.kept) == old) fs::remove(reset.kept, ignored);
}

}  // namespace

void remember_stub(const fs::path& root, const Exercise& exercise) {
    remember(root, exercise, read_file(exercise.folder / "stub.cpp"));
}

std::optional<StubNews> follow_stub(const fs::path& root, const Exercise& exercise, Language language) {
    using What = StubNews::What;
    const auto stub = read_regular_file(exercise.folder / "stub.cpp", largest_file);
    if (!stub) return std::nullopt;  // an exercise that is being written; verify says so
    if (make_from_stub(exercise, language)) {
        remember(root, exercise, *stub);
        return StubNews{What::made, {}};
    }
    const auto mine = read_regular_file(exercise.folder / (exercise.id + ".cpp"), largest_file);
    if (!mine) return std::nullopt;  // a link, say; grading says so
    const fs::path from = made_from(root, exercise), told = told_of(root, exercise);
    const auto old = read_regular_file(from, largest_file);
    // Where nothing is remembered, today's stub counts from now on.
    if (!old || old->empty() || *mine == *stub) {
        remember(root, exercise, *stub);
        return std::nullopt;
    }
    if (*old == *stub || read_file(told) == *stub) return std::nullopt;
    if (*mine == *old) {
        replace_old_stub(root, exercise, *old, language);
        remember(root, exercise, *stub);
        return StubNews{What::corrected, {}};
    }
    write_if_possible(told, *stub);
    return StubNews{What::changed, from};
}

}  // namespace qkv
