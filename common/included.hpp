// What our own code includes from elsewhere, compiled once; and what it makes of it, so that the code of those
// templates is generated here and not in every file. Nobody calls these functions.
#pragma once

#define CATCH_CONFIG_EXTERNAL_INTERFACES  // the listener's, of Catch2 2

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "harness/catch2.hpp"
#include "qkv/matrix.hpp"

namespace qkv::included {

using Strings = std::vector<std::string>;
using Numbers = std::map<std::string, int>;

inline std::string json(const std::string& text, std::istream& in) {
    nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
    json = nlohmann::json::parse(std::string_view(text));
    json = nlohmann::json::parse(in);
    json["key"] = {{"text", text}, {"strings", Strings{text}}, {"numbers", Numbers{}}, {"number", 1}, {"real", 0.5},
                   {"yes", true}};
    for (const auto& [key, value] : json.items()) json[key] = value;
    for (const auto& value : json) json.push_back(value);
    const bool same = json == nlohmann::json::array() && json.at("key") == text && json.contains("key") && json.empty();
    return json.value("key", text) + json.at("key").get<std::string>() + json.at(0).dump(1) +
           std::to_string(json.size()) +
           std::to_string(json["key"].get<int>() + json["key"].get<double>() + json["key"].get<bool>() + same +
                          static_cast<double>(json.at("key").get<Strings>().size() + json.get<Numbers>().size()));
}

inline std::string ordered_json(const std::string& text) {
    nlohmann::ordered_json json = {
        {"text", text}, {"number", 1}, {"real", 0.5}, {"yes", true}, {"strings", Strings{text}}};
    json["list"] = nlohmann::ordered_json::array();
    json["list"].push_back(json);
    return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

inline std::string regex(const std::string& text) {
    const std::regex pattern(text, std::regex::optimize), other("pattern");
    std::smatch match;
    bool found = std::regex_search(text, match, pattern) || std::regex_match(text, match, pattern) ||
                 std::regex_search(text, pattern) || std::regex_match(text, pattern);
    for (auto it = std::sregex_iterator(text.begin(), text.end(), other); it != std::sregex_iterator(); ++it)
        found = found || !(*it)[1].str().empty();
    return std::regex_replace(text, pattern, "x") + std::regex_replace(text, pattern, text) + match[0].str() +
           (found ? "1" : "");
}

inline std::string format(const std::string& text, int number, double real, std::size_t size) {
    return fmt::format("{}", text) + fmt::format("{} {}", text, text) + fmt::format("{} {}", number, size) +
           fmt::format("{:.3f} {:>5}", real, text) + fmt::format("{}", fmt::join(Strings{text}, ", ")) +
           fmt::format("{}", number);
}

inline std::string standard(const std::filesystem::path& path, std::string text) {
    std::ifstream in(path, std::ios::binary);
    std::ofstream out(path, std::ios::binary);
    std::ostringstream whole;
    whole << in.rdbuf() << text << 1 << 0.5;
    out << whole.str();
    Strings strings = {text, path.string()};
    for (std::string line; std::getline(in, line);) strings.push_back(line);
    for (const auto& entry : std::filesystem::directory_iterator(path))
        strings.push_back(entry.path().filename().string());
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
        strings.emplace_back((entry.path() / text).string());
    std::sort(strings.begin(), strings.end());
    strings.insert(strings.end(), strings.begin(), strings.end());
    strings.insert(strings.end(), {"a", "b"});
    strings.erase(strings.begin());
    std::set<std::string> set(strings.begin(), strings.end());
    set.insert(text);
    std::map<std::string, std::string> map;
    map[text] = *std::find(strings.begin(), strings.end(), text);
    map.emplace(text, text);
    std::function<void(const std::string&)> call = [&](const std::string& more) { text += more; };
    call(text);
    const std::optional<std::string> maybe = text;
    return *maybe + std::to_string(set.count(text) + map.count(text));
}

inline Matrix matrices(const Matrix& a, const RowVector& row) {
    Matrix c = a * a.transpose();
    c = a + a - 2 * a;
    c.row(0) = row;
    c.row(0) = a.row(0) + row;
    c.col(0).setZero();
    c = a.array().abs().matrix();
    c = a.block(0, 0, 1, 1);
    c = Matrix::Zero(2, 2);
    c = Matrix::Constant(2, 2, 1);
    c = Matrix::Identity(2, 2);
    c << 1, 2, 3, 4;
    const RowVector sums = a.colwise().sum();
    const bool same = a == c && a.isApprox(c) && a.allFinite();
    return same ? c : (a - c) * (a - c).cwiseAbs().maxCoeff() * a.sum() * sums.sum() * (c.minCoeff() + c.norm());
}

}  // namespace qkv::included
