#include "symbolize.hpp"

#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "process.hpp"

namespace qkv {

int line_in_file(const Recipe& recipe, const std::filesystem::path& worker, const std::vector<std::uint64_t>& addresses,
                 const std::string& file_name) {
    if (addresses.empty()) return 0;
    Command command;
    command.arguments = {recipe.addr2line, "-i", "-e", worker.string()};
    for (const std::uint64_t address : addresses) command.arguments.push_back(fmt::format("0x{:x}", address));
    command.seconds = 5;
    command.memory = std::uint64_t{2} << 30;
    std::istringstream stream(run(command).output);
    for (std::string line; std::getline(stream, line);) {
        const std::size_t colon = line.rfind(':');
        if (colon == std::string::npos) continue;
        if (std::filesystem::path(line.substr(0, colon)).filename() != file_name) continue;
        int number = 0;
        std::from_chars(line.data() + colon + 1, line.data() + line.size(), number);
        if (number > 0) return number;
    }
    return 0;
}

}  // namespace qkv
