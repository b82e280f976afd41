#include "build/shortage.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/memory.hpp"
#include "base/text.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

/// A limit of this process that is lower than the one we set for the command: then reaching it proves nothing.
static bool is_below(int what, std::uint64_t ours) {
    rlimit limit{};
    return getrlimit(static_cast<__rlimit_resource_t>(what), &limit) == 0 && limit.rlim_cur < ours;
}

static constexpr std::string_view memory_words[] = {"Cannot allocate memory", "out of memory", "bad_alloc",
                                                    "memory exhausted"};

static constexpr std::string_view other_words[] = {
    "No space left on device", "Resource temporarily unavailable", "Disk quota exceeded", "Input/output error",
    "Read-only file system", "unable to execute command",
    // A program of the compiler's own was killed, a wall could not be built, files of the kit are gone.
    "Killed signal terminated program", "bwrap: ", "Cannot fork", "AST file", "PCH file",
    // The system's packages are not those that the kit was built from: headers, libraries to link.
    "precompiled header", "mold: fatal: ", "mold: failed to write", "cannot open ", "cannot find "};

static bool holds_any(std::string_view text, std::span<const std::string_view> pieces) {
    return std::ranges::any_of(pieces, [&](std::string_view piece) { return text.find(piece) != text.npos; });
}

bool may_be_shortage(const Ended& ended, const Command& command) {
    if (ended.exit_code == 0 || ended.timed_out) return false;
    const int signal = ended.signal != 0 ? ended.signal : ended.exit_code > 128 ? ended.exit_code - 128 : 0;
    if (signal == SIGXFSZ) return is_below(RLIMIT_FSIZE, command.file);
    if (signal != 0 || ended.exit_code >= 120) return true;
    return holds_any(ended.output, memory_words) || holds_any(ended.output, other_words);
}

bool is_the_systems(const Ended& ended, const Command& command) {
    const int signal = ended.signal != 0 ? ended.signal : ended.exit_code - 128;
    constexpr std::uintmax_t room = 64U << 20;
    const bool part_killed = ended.output.find("fatal error: Killed signal terminated program") != std::string::npos;
    // Words prove nothing, a learner's #error may hold them: we ask for the memory and the room ourselves. Beside the
    // folder, which a compiler that was taken over may have closed.
    return signal == SIGKILL || signal == SIGXCPU || part_killed || is_below(RLIMIT_AS, command.memory) ||
           is_below(RLIMIT_FSIZE, command.file) ||
           (holds_any(ended.output, memory_words) && !has_memory(command.memory)) ||
           (!command.folder.empty() && !has_room(fs::path(command.folder).parent_path(), room));
}

void stop_for_shortage(const Ended& ended) {
    Ended told = ended;
    // Of its own death clang has only a request to say.
    if (told.output.starts_with("PLEASE submit a bug report")) told.output.clear();
    throw Failure(
        kit_fault,
        said({"the compiler or linker cannot work on this machine now ({}): is there room on the disk, "
              "and memory? Was a package upgraded? Nothing was recorded; try again",
              "编译器或链接器现在无法在这台机器上工作（{}）：磁盘和内存还够吗？刚升级过软件包吗？没有记分，请稍后再试"},
             first_line(told)));
}

}  // namespace qkv::grader
