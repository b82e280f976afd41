// ./grade reset ID: back to the stub; the learner's version is kept aside.
#include "commands/reset.hpp"

#include <cstdio>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "commands/commands.hpp"
#include "report/text.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// Gives the file a second name, which is whole at once; where the file system has no links, copies it.
fs::path keep(const fs::path& file, const fs::path& folder, std::time_t now) {
    fs::create_directories(folder);
    const std::string name = fmt::format("{}-{:%Y-%m-%d-%H%M%S}", file.stem().string(), fmt::localtime(now));
    for (int other = 1;; ++other) {
        const fs::path kept = folder / (name + (other == 1 ? "" : fmt::format("-{}", other)) + ".cpp");
        std::error_code error;
        fs::create_hard_link(file, kept, error);
        if (!error) return kept;
        if (error == std::errc::file_exists) continue;
        if (fs::copy_file(file, kept, error)) return kept;  // refuses to overwrite
        if (error != std::errc::file_exists) throw fs::filesystem_error("cannot be written", kept, error);
    }
}

}  // namespace

Reset put_stub_back(const Exercise& exercise, const fs::path& kept_folder, std::time_t now) try {
    const fs::path file = exercise.folder / (exercise.id + ".cpp"), stub = exercise.folder / "stub.cpp";
    if (!fs::exists(stub)) throw Failure(kit_fault, stub.string() + ": missing; it is what reset puts back");
    const std::string text = read_file(stub);
    const auto status = fs::symlink_status(file);
    if (fs::exists(status) && !fs::is_regular_file(status))
        throw Failure(wrong_usage,
                      said({"{}: this is a link, a folder or a device, not a file; move it away, then reset again",
                            "{}：这是链接、目录或设备，不是普通文件；请先把它移走，再重新 reset"},
                           clean(file.string())));
    if (fs::exists(status) && read_file(file) == text) return {true, {}};
    Reset reset;
    if (fs::exists(status)) reset.kept = keep(file, kept_folder, now);
    write_file(file, text);
    return reset;
} catch (const fs::filesystem_error& error) {
    throw Failure(wrong_usage,
                  said({"{}: cannot be written ({}); nothing was changed", "{}：无法写入（{}），什么都没有改动"},
                       clean(error.path1().string()), error.code().message()));
}

int reset_command(const Kit& kit, const Arguments& arguments) {
    const Exercise exercise = choose(kit.catalog, {arguments.ids[0]}).front();
    const Reset reset = put_stub_back(exercise, kit.root / ".qkv" / "kept", std::time(nullptr));
    // A stub has no points; hints that were taken stay taken.
    update_state(kit.root, [&](State& state) { state.scores.erase(exercise.id); });
    Text words{"\n  {0} is the stub again.\n  your version is kept in {1}\n  to get it back: cp {1} {0}\n\n",
               "\n  {0} 已恢复成初始的样子。\n  你的版本存在 {1}\n  要找回它：cp {1} {0}\n\n"};
    if (reset.was_stub)
        words = {"\n  {0} is the stub already; nothing was changed.\n\n", "\n  {0} 本来就是初始的样子，没有改动。\n\n"};
    else if (reset.kept.empty())
        words = {"\n  {0} was missing; the stub is there again.\n\n", "\n  {0} 原来不在，现在放回了初始的文件。\n\n"};
    fmt::print("{}", say(words, arguments.language, shell_quoted(shown_path(exercise.folder / (exercise.id + ".cpp"))),
                         shell_quoted(shown_path(reset.kept))));
    return all_earned;
}

}  // namespace qkv::grader
