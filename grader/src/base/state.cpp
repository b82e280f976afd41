#include "base/state.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/files.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

fs::path state_file(const fs::path& root) { return root / ".qkv" / "state.json"; }

std::optional<int> number_in(const Json& value) {
    const bool fits = value.is_number_unsigned() && value.get<std::uint64_t>() <= 1'000'000;
    return fits ? std::optional(value.get<int>()) : std::nullopt;
}

/// Takes what is as this kit writes it.
void take_numbers(const Json& json, const char* name, std::map<std::string, int>& numbers) {
    const auto entries = json.find(name);
    if (entries == json.end() || !entries->is_object()) return;
    for (const auto& [key, value] : entries->items()) {
        if (const auto number = number_in(value)) numbers[key] = *number;
    }
}

void take_answers(const Json& json, std::map<std::string, Answered>& answers) {
    const auto entries = json.find("quiz");
    if (entries == json.end() || !entries->is_object()) return;
    for (const auto& [key, value] : entries->items()) {
        const auto tries = value.is_object() ? number_in(value.value("tries", Json())) : std::nullopt;
        const Json right = value.is_object() ? value.value("right", Json()) : Json();
        if (tries && *tries > 0 && right.is_boolean()) answers[key] = {right.get<bool>(), *tries};
    }
}

Json json_of(const State& state) {
    Json quiz = Json::object();
    for (const auto& [key, answered] : state.quiz) quiz[key] = {{"right", answered.right}, {"tries", answered.tries}};
    return {{"version", state_version}, {"hints", state.hints},         {"scores", state.scores},
            {"laws", state.laws},       {"laws_held", state.laws_held}, {"quiz", quiz}};
}

/// What is there, if this kit can have written it: a file of moderate size, no fifo that would wait.
std::string text_of_state(const fs::path& file) {
    constexpr std::uintmax_t largest = 16U << 20;
    std::error_code none;
    const bool is_ours = fs::is_regular_file(file, none) && fs::file_size(file, none) <= largest;
    return is_ours ? read_file(file) : "";
}

/// Nothing if a later kit wrote it, or if it may not be read.
std::optional<State> find_state(const fs::path& root) {
    if (access(state_file(root).c_str(), R_OK) != 0 && errno == EACCES) return std::nullopt;
    const Json json = Json::parse(text_of_state(state_file(root)), nullptr, false);
    const auto version = json.find("version");
    if (version != json.end() && version->is_number() && version->get<double>() > state_version) return std::nullopt;
    State state;
    take_numbers(json, "hints", state.hints);
    take_numbers(json, "scores", state.scores);
    take_numbers(json, "laws", state.laws);
    take_numbers(json, "laws_held", state.laws_held);
    take_answers(json, state.quiz);
    return state;
}

}  // namespace

State load_state(const fs::path& root) { return find_state(root).value_or(State{}); }

Text update_state(const fs::path& root, const std::function<void(State&)>& change) {
    const auto before = find_state(root);
    if (!before)
        return {
            ".qkv/state.json is of a later qkv, or may not be read here: it stays as it is, and hints, points and "
            "answers "
            "are not remembered",
            ".qkv/state.json 来自更新版本的 qkv，或者没有读取权限：文件保持原样，这次的提示、得分和答题不会被记住"};
    State state = *before;
    change(state);
    if (state == *before) return {};
    try {
        fs::create_directories(root / ".qkv");
        write_file(state_file(root), json_of(state).dump(1) + "\n");
    } catch (const fs::filesystem_error&) {
    }
    return {};
}

}  // namespace qkv::grader
