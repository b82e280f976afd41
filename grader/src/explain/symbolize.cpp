#include "explain/symbolize.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "base/process.hpp"
#include "base/text.hpp"

namespace qkv::grader {

namespace {

constexpr std::size_t longest_name = 4096;  ///< of a symbol; a stranger's may have a million letters

/// Runs one of the binutils on a worker: a program that strangers had a hand in.
std::string said_of_worker(const Toolchain& toolchain, const std::filesystem::path& worker,
                           std::vector<std::string> arguments) {
    Command command;
    command.arguments = enclosed(toolchain.walls, {{worker}, {}, true}, std::move(arguments));
    command.seconds = 5;
    command.memory = std::uint64_t{2} << 30;
    return run(command).output;
}

/// The file and line of "path:12 (discriminator 3)". With "?" for a line, the file is only a guess: that of the
/// symbol nearest in the table.
void place(Frame& frame, const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos || text.starts_with('?')) return;
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), frame.line);
    if (frame.line > 0) frame.file = text.substr(0, colon);
}

/// Where the piece stands outside of template arguments; npos if nowhere.
std::size_t find_outside(const std::string& text, const std::string& piece) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (depth == 0 && text.compare(i, piece.size(), piece) == 0) return i;
        depth += text[i] == '<' ? 1 : text[i] == '>' ? -1 : 0;
    }
    return std::string::npos;
}

bool is_identifier(const std::string& name) {
    constexpr std::size_t longest = 80;
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, is_word);
}

}  // namespace

std::string short_name(std::string demangled) {
    const std::string unnamed = "(anonymous namespace)::";
    for (std::size_t at; (at = demangled.find(unnamed)) != std::string::npos;) demangled.erase(at, unnamed.size());
    std::string name = demangled.substr(0, find_outside(demangled, "("));
    for (std::size_t at; (at = find_outside(name, "::")) != std::string::npos;) name.erase(0, at + 2);
    name = name.substr(0, name.find('<'));
    name.erase(0, name.rfind(' ') + 1);  // the result's type, which templates are shown with
    return name != "operator" && is_identifier(name) ? name : "";
}

std::vector<Frame> call_stack(const Toolchain& toolchain, const std::filesystem::path& worker,
                              const std::vector<std::uint64_t>& addresses) {
    std::vector<Frame> stack;
    if (addresses.empty()) return stack;
    std::vector<std::string> arguments = {toolchain.addr2line, "-C", "-f", "-i", "-e", worker.string()};
    for (const std::uint64_t address : addresses) arguments.push_back(fmt::format("0x{:x}", address));
    std::istringstream stream(said_of_worker(toolchain, worker, std::move(arguments)));
    for (std::string function, where; std::getline(stream, function) && std::getline(stream, where);) {
        Frame& frame = stack.emplace_back();
        frame.function = short_name(function.substr(0, longest_name));
        frame.of_c = is_identifier(function);
        place(frame, where);
    }
    return stack;
}

Frame first_in(const std::vector<Frame>& stack, const std::string& file_name) {
    const auto is_there = [&](const Frame& frame) { return frame.file.filename() == file_name && frame.line > 0; };
    const auto found = std::ranges::find_if(stack, is_there);
    return found == stack.end() ? Frame{} : *found;
}

std::string instruction_in(const std::string& disassembly, std::uint64_t address) {
    const std::string label = fmt::format("\n{:>8x}:\t", address);
    const std::size_t at = disassembly.find(label);
    if (at == std::string::npos) return "";
    const std::size_t begin = at + label.size();
    return disassembly.substr(begin, disassembly.find_first_of(" \t\n", begin) - begin);
}

std::string instruction_at(const Toolchain& toolchain, const std::filesystem::path& worker, std::uint64_t address) {
    constexpr std::uint64_t longest_instruction = 15;
    const std::string said =
        said_of_worker(toolchain, worker,
                       {toolchain.objdump, "-d", "--no-show-raw-insn", fmt::format("--start-address=0x{:x}", address),
                        fmt::format("--stop-address=0x{:x}", address + longest_instruction), worker.string()});
    return instruction_in(said, address);
}

std::vector<SourceLine> lines_in_files(const Toolchain& toolchain, const std::filesystem::path& worker,
                                       const std::vector<std::uint64_t>& addresses,
                                       const std::vector<std::string>& file_names) {
    std::vector<SourceLine> lines;
    for (const Frame& frame : call_stack(toolchain, worker, addresses)) {
        const std::string name = frame.file.filename().string();
        if (frame.line != 0 && std::ranges::find(file_names, name) != file_names.end())
            lines.push_back({name, frame.line, frame.function});
    }
    return lines;
}

}  // namespace qkv::grader
