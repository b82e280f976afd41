#include "symbolize.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "process.hpp"

namespace qkv {

namespace {

std::string addr2line(const Recipe& recipe, const std::filesystem::path& worker,
                      const std::vector<std::uint64_t>& addresses, const std::vector<std::string>& options) {
    Command command;
    command.arguments = {recipe.addr2line, "-i", "-e", worker.string()};
    command.arguments.insert(command.arguments.end(), options.begin(), options.end());
    for (const std::uint64_t address : addresses) command.arguments.push_back(fmt::format("0x{:x}", address));
    command.seconds = 5;
    command.memory = std::uint64_t{2} << 30;
    return run(command).output;
}

/// Of "/folder/file.cpp:17": the name of the file, and the number; 0 if there is none.
SourceLine source_line(const std::string& line) {
    const std::size_t colon = line.rfind(':');
    if (colon == std::string::npos) return {};
    int number = 0;
    std::from_chars(line.data() + colon + 1, line.data() + line.size(), number);
    return {std::filesystem::path(line.substr(0, colon)).filename().string(), number, ""};
}

/// "double attention::(anonymous namespace)::f<int>(int)" is known to its author as "attention::f".
std::string short_name(std::string function) {
    const std::string anonymous = "(anonymous namespace)::";
    for (std::size_t at; (at = function.find(anonymous)) != std::string::npos;) function.erase(at, anonymous.size());
    function.resize(std::min(function.find_first_of("(<"), function.size()));
    return function.substr(function.rfind(' ') + 1).substr(0, 100);
}

}  // namespace

int line_in_file(const Recipe& recipe, const std::filesystem::path& worker, const std::vector<std::uint64_t>& addresses,
                 const std::string& file_name) {
    if (addresses.empty()) return 0;
    std::istringstream stream(addr2line(recipe, worker, addresses, {}));
    for (std::string line; std::getline(stream, line);) {
        const SourceLine found = source_line(line);
        if (found.file == file_name && found.line > 0) return found.line;
    }
    return 0;
}

std::vector<SourceLine> lines_in_files(const Recipe& recipe, const std::filesystem::path& worker,
                                       const std::vector<std::uint64_t>& addresses,
                                       const std::vector<std::string>& file_names) {
    std::vector<SourceLine> lines;
    if (addresses.empty()) return lines;
    std::istringstream stream(addr2line(recipe, worker, addresses, {"-f", "-C"}));
    // Two lines each: the function, then the place.
    for (std::string function, place; std::getline(stream, function) && std::getline(stream, place);) {
        SourceLine found = source_line(place);
        if (found.line == 0 || std::ranges::find(file_names, found.file) == file_names.end()) continue;
        found.function = short_name(function);
        lines.push_back(found);
    }
    return lines;
}

}  // namespace qkv
