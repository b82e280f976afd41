// One traversal for every value that may cross the process boundary. Codec, hash, comparer and
// probes are visitors of it, so the list of a struct's fields is written down exactly once.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "qkv/matrix.hpp"

namespace qkv::wire {

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = !std::same_as<T, bool>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
concept Leaf = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::same_as<T, Matrix> || std::same_as<T, RowVector> ||
    std::same_as<T, Mask> || std::same_as<T, std::string> || std::same_as<T, std::vector<bool>>;

struct AnyVisitor {
    void operator()(auto&...) const {}
};

/// A plain struct whose fields `QKV_FIELDS` lists.
template <class T>
concept Record = requires(T& value) {
    fields(value, AnyVisitor{});
};

/// Visits a value in the order of its fields: `visit.leaf(x)` for numbers, matrices and texts,
/// `visit.length(list)` before the elements of a list, `visit.list_end()` after them if there is such a function,
/// `visit.presence(optional)` before its content.
template <class T, class Visitor>
void walk(T& value, Visitor& visit) {
    using Plain = std::remove_const_t<T>;
    if constexpr (is_list<Plain>) {
        visit.length(value);
        for (auto& element : value) walk(element, visit);
        if constexpr (requires { visit.list_end(); }) visit.list_end();
    } else if constexpr (is_optional<Plain>) {
        visit.presence(value);
        if (value) walk(*value, visit);
    } else if constexpr (Leaf<Plain>) {
        visit.leaf(value);
    } else {
        static_assert(Record<Plain>, "list the fields of this struct with QKV_FIELDS in remote.hpp");
        fields(value, [&visit](auto&... field) { (walk(field, visit), ...); });
    }
}

}  // namespace qkv::wire
