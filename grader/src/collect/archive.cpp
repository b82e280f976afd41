#include "collect/archive.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <optional>
#include <sstream>

#include "base/failure.hpp"
#include "base/process.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

/// Why nothing could be read, by the last word of the program; nothing if it said none: then it is no fault of the
/// archive's, bubblewrap could not start it, say.
std::optional<Text> fault_of(const Ended& ended) {
    const std::string& output = ended.output;
    const std::string last = output.substr(output.find_last_of('\n', output.size() - 2) + 1);
    if (ended.timed_out || ended.signal != 0 || ended.exit_code > 128)
        return Text{"unpacking it took more time or memory than an archive of sources ever takes",
                    "解开它用的时间或内存远远超过正常的代码压缩包"};
    if (last == "encrypted\n") return Text{"it is protected by a password", "它有密码保护"};
    if (last == "entries\n") return Text{"it holds more than 20,000 files", "里面超过 20000 个文件"};
    if (last == "files\n") return Text{"it holds more than 400 C++ files", "里面超过 400 个 C++ 文件"};
    if (last == "bytes\n") return Text{"it unpacks to more than 256 MB", "解开后超过 256 MB"};
    if (last == "broken\n") return Text{"it is damaged, or no archive at all", "它已损坏，或根本不是压缩包"};
    return std::nullopt;
}

}  // namespace

ArchiveContents unpack(const Toolchain& toolchain, const fs::path& archive, const fs::path& folder) {
    const fs::path program = toolchain.build / "bin" / "unpack";
    const fs::path from = fs::absolute(archive);
    Command command;
    command.arguments =
        enclosed(toolchain.walls, {{program, from}, folder, true}, {program.string(), from.string(), folder.string()});
    command.folder = folder.string();
    command.seconds = 20 * busyness();
    command.memory = std::uint64_t{512} << 20;
    command.file = std::uint64_t{2} << 20;
    const Ended ended = run(command);
    const bool killed = ended.signal == SIGKILL || ended.exit_code == 128 + SIGKILL;
    const auto fault = ended.exit_code == 0 ? std::nullopt : fault_of(ended);
    const bool not_its_doing = !ended.timed_out && (killed || (ended.exit_code != 0 && !fault));
    if (not_its_doing)
        throw Failure(
            kit_fault,
            said({"{}: this archive cannot be unpacked on this machine now: {}", "{}：现在无法在这台机器上解压：{}"},
                 clean(from.string(), 200), clean(ended.output.substr(0, ended.output.find('\n')), 200)));
    ArchiveContents contents;
    if (fault) {
        contents.fault = *fault;
        return contents;
    }
    std::istringstream lines(ended.output);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t space = line.find(' ');
        const bool numbered = space < 4 &&  // npos is not
                              std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(space),
                                          [](char c) { return c >= '0' && c <= '9'; });
        if (line.starts_with("archive ")) contents.archives.push_back(line.substr(space + 1));
        if (numbered) contents.files.push_back({line.substr(space + 1), folder / line.substr(0, space)});
    }
    return contents;
}

}  // namespace qkv::grader
