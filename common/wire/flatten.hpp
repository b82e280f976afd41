// Visitors that turn values into numbers and words: what diagnoses compare and messages show.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "wire/walk.hpp"

namespace qkv::wire {

/// Visitor that lists a value's shapes and numbers in order, all as double.
class Flattened {
public:
    std::vector<double> numbers;

    template <Leaf T>
    void leaf(const T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            numbers.push_back(static_cast<double>(value));
        } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::vector<bool>>) {
            numbers.push_back(static_cast<double>(value.size()));
            for (const auto element : value) numbers.push_back(static_cast<double>(element));
        } else {
            numbers.push_back(static_cast<double>(value.rows()));
            numbers.push_back(static_cast<double>(value.cols()));
            numbers.insert(numbers.end(), value.data(), value.data() + value.size());
        }
    }
    void length(const auto& list) { numbers.push_back(static_cast<double>(list.size())); }
    void presence(const auto& optional) { numbers.push_back(optional.has_value() ? 1 : 0); }
};

/// As few digits as read back as the same number: what is a little below 0 or 1 must not look like 0 or 1.
template <class T>
std::string digits(T value) {
    char text[32];
    for (int precision = 6; precision <= 17; ++precision) {
        std::snprintf(text, sizeof text, "%.*g", precision, static_cast<double>(value));
        if (static_cast<T>(std::strtod(text, nullptr)) == value) break;
    }
    return text;
}

/// Visitor that names the shapes of arguments: "(3 x 4), (5 x 4), 7". Of a whole model only the first: nobody reads
/// more of them.
class Shapes {
public:
    std::string text;

    template <Leaf T>
    void leaf(const T& value) {
        if (is_full()) return;
        if constexpr (std::is_floating_point_v<T>) {
            add(digits(value));
        } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            add(std::to_string(static_cast<long long>(value)));
        } else if constexpr (std::same_as<T, std::string>) {
            add("text");
        } else if constexpr (std::same_as<T, std::vector<bool>>) {
            length(value);
            for (const bool flag : value) add(flag ? "true" : "false");
            list_end();
        } else {
            add("(" + std::to_string(value.rows()) + " x " + std::to_string(value.cols()) + ")");
        }
    }
    void length(const auto&) {
        if (!is_full()) add("{");
    }
    void list_end() {
        if (!is_full()) text += "}";
    }
    void presence(const auto& optional) {
        if (!optional && !is_full()) add("none");
    }

private:
    bool is_full() const { return text.size() > 500; }
    void add(const std::string& word) { text += (text.empty() || text.ends_with("{") ? "" : ", ") + word; }
};

/// 64 bits that name a list of numbers (FNV-1a over their bytes). Negative zero counts as zero.
std::uint64_t hash(const std::vector<double>& numbers);

}  // namespace qkv::wire
