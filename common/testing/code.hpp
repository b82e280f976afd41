// Values as the C++ that makes them, to be pasted; or, with `digits`, rounded for the eye.
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "wire/walk.hpp"

namespace qkv::testing {

using wire::is_list;
using wire::is_optional;
using wire::Record;

// MSVC calls it otherwise, and lays it out otherwise; names are for `compare`, which needs ./grade.
#ifdef _MSC_VER
#define __PRETTY_FUNCTION__ __FUNCSIG__
#endif

/// The name of a struct or enum, as the compiler writes it.
template <class T>
std::string type_name() {
    const std::string_view text = __PRETTY_FUNCTION__;
    const std::size_t begin = text.find("T = ") + 4;
    return std::string(text.substr(begin, text.find_first_of(";]", begin) - begin));
}

template <auto value>
std::string enumerator_name() {
    const std::string_view text = __PRETTY_FUNCTION__;
    const std::size_t begin = text.find("value = ") + 8;
    return std::string(text.substr(begin, text.find_first_of(";]", begin) - begin));
}

inline std::string code(bool flag, int = 0) { return flag ? "true" : "false"; }
/// fmt has this as {:?} from its ninth version on; Ubuntu 22.04 has the eighth.
inline std::string code(const std::string& text, int = 0) {
    std::string quoted = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') quoted += '\\';
        const auto byte = static_cast<unsigned char>(letter);
        quoted += letter == '\n'             ? "\\n"
                  : byte < 32 || byte == 127 ? fmt::format("\\{:03o}", byte)
                                             : std::string(1, letter);
    }
    return quoted + "\"";
}

template <class T>
requires std::is_arithmetic_v<T> std::string code(T number, int digits = 0) {
    if constexpr (std::is_floating_point_v<T>) {
        if (std::isnan(number)) return "NAN";
        if (std::isinf(number)) return number > 0 ? "INFINITY" : "-INFINITY";
        if (digits > 0) return fmt::format("{:.{}g}", number, digits);
    }
    return fmt::format("{}", number);
}

template <class T>
requires std::is_enum_v<T> std::string code(T value, int = 0) {
    // Enumerations of an interface count from 0 and are short.
    std::string text = fmt::format("{}({})", type_name<T>(), static_cast<int>(value));
    [&]<int... I>(std::integer_sequence<int, I...>) {
        ((static_cast<int>(value) == I ? void(text = enumerator_name<static_cast<T>(I)>()) : void()), ...);
    }
    (std::make_integer_sequence<int, 8>{});
    return text;
}

/// "{{1, 2}, {3, 4}}", or "(0, 2)" where there is nothing to list.
template <class Dense>
std::string rows_code(const Dense& matrix, int digits) {
    if (matrix.size() == 0) return fmt::format("({}, {})", matrix.rows(), matrix.cols());
    std::string text = "{";
    for (Index i = 0; i < matrix.rows(); ++i) {
        text += i == 0 ? "{" : ", {";
        for (Index j = 0; j < matrix.cols(); ++j) text += (j == 0 ? "" : ", ") + code(matrix(i, j), digits);
        text += "}";
    }
    return text + "}";
}

inline std::string code(const Matrix& matrix, int digits = 0) { return "qkv::Matrix" + rows_code(matrix, digits); }
inline std::string code(const Mask& mask, int digits = 0) { return "qkv::Mask" + rows_code(mask, digits); }
inline std::string code(const RowVector& row, int digits = 0) {
    return row.size() == 0 ? "qkv::RowVector(0)" : "qkv::RowVector" + rows_code(row, digits);
}

inline std::string code(const std::vector<bool>& flags, int = 0) {
    std::string text;
    for (const bool flag : flags) text += (text.empty() ? "" : ", ") + code(flag);
    return "std::vector<bool>{" + text + "}";
}

template <class T>
std::string code(const std::vector<T>& list, int digits = 0);
template <class T>
std::string code(const std::optional<T>& value, int digits = 0);
template <Record T>
std::string code(const T& record, int digits = 0);

template <class T>
std::string code(const std::optional<T>& value, int digits) {
    return value ? code(*value, digits) : "std::nullopt";
}

template <class T>
std::string list_type() {
    if constexpr (is_list<T>) return "std::vector<" + list_type<typename T::value_type>() + ">";
    if constexpr (std::same_as<T, Matrix>) return "qkv::Matrix";
    if constexpr (std::same_as<T, RowVector>) return "qkv::RowVector";
    if constexpr (std::same_as<T, std::string>) return "std::string";
    return type_name<T>();
}

template <class T>
std::string code(const std::vector<T>& list, int digits) {
    std::string text;
    for (const T& element : list) text += (text.empty() ? "" : ", ") + code(element, digits);
    return list_type<std::vector<T>>() + "{" + text + "}";
}

/// The names of a struct's fields, one after the other.
inline std::vector<std::string> split_names(std::string_view names) {
    std::vector<std::string> list;
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(", "), names.size());
        list.emplace_back(names.substr(0, end));
        names.remove_prefix(std::min(end + 2, names.size()));
    }
    return list;
}

template <Record T>
std::string code(const T& record, int digits) {
    const auto names = split_names(field_names(record));
    std::string text;
    std::size_t i = 0;
    fields(record, [&](const auto&... field) {
        ((text += fmt::format("{}.{} = {}", i == 0 ? "" : ", ", names[i], code(field, digits)), ++i), ...);
    });
    return type_name<T>() + "{" + text + "}";
}

}  // namespace qkv::testing
