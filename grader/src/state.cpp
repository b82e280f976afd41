#include "state.hpp"

#include <unistd.h>

#include <cstdint>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace qkv {

namespace fs = std::filesystem;

State load_state(const fs::path& root) {
    State state;
    std::ifstream stream(root / ".qkv" / "state.json");
    const auto json = nlohmann::json::parse(stream, nullptr, false);
    if (!json.is_object()) return state;
    for (const auto& [name, numbers] : {std::pair{"hints", &state.hints}, {"scores", &state.scores}}) {
        const auto entries = json.find(name);
        if (entries == json.end() || !entries->is_object()) continue;
        for (const auto& [key, value] : entries->items()) {
            if (value.is_number_unsigned() && value.get<std::uint64_t>() <= 1'000'000)
                (*numbers)[key] = value.get<int>();
        }
    }
    return state;
}

void save_state(const fs::path& root, const State& state) {
    std::error_code ignored;
    fs::create_directories(root / ".qkv", ignored);
    const fs::path path = root / ".qkv" / "state.json";
    const fs::path aside = fmt::format("{}.{}.new", path.string(), getpid());
    std::ofstream stream(aside);
    stream << nlohmann::json{{"version", 1}, {"hints", state.hints}, {"scores", state.scores}}.dump(1) << "\n";
    stream.close();
    if (stream) fs::rename(aside, path, ignored);
}

}  // namespace qkv
