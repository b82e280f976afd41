// From valid arguments, all those in which a single matrix, row, mask or list has another shape: one row or column
// too many or too few, turned, a single row, a single column, nothing; or a whole number is another one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "testing/code.hpp"
#include "wire/fields.hpp"

namespace qkv::testing {

/// A list of anything, as far as its length goes.
struct AnyList {
    std::size_t size = 0;
    std::function<void(std::size_t)> resize;  ///< new elements are copies of the last
};

/// Something in arguments that has a shape, or a whole number.
struct Place {
    std::string name;  ///< "key", "projections.query", "layers[1].norm.gain"
    std::variant<Matrix*, RowVector*, Mask*, std::vector<bool>*, AnyList, Index*, int*> what;
};

/// What is wrong with one misfit.
struct Change {
    std::string place;               ///< the name; for a list "layers.size()"
    std::string wrong, right;        ///< "5 x 6", "5 x 7"
    std::vector<std::string> sizes;  ///< those that changed: "key.columns"; none for a whole number
    bool empty_mask = false;         ///< a mask lost all its elements
};

/// How many changes there are, and the one of that number made; the nearest shapes of a place come first.
std::size_t count_changes(const std::vector<Place>& places);
Change make_change(const std::vector<Place>& places, std::size_t number);

/// Of a long list, the first two elements, the middle one and the last: seven layers would have a thousand changes.
inline bool is_asked(std::size_t i, std::size_t size) { return i < 2 || i == size / 2 || i + 1 == size; }

/// Lists the places of a value in the order of its fields.
template <class T>
void list_places(T& value, const std::string& name, std::vector<Place>& places) {
    if constexpr (is_list<T>) {
        const auto resize = [&value](std::size_t size) {
            const auto last = value.empty() ? typename T::value_type{} : value.back();
            value.resize(size, last);
        };
        places.push_back({name, AnyList{value.size(), resize}});
        if constexpr (!std::is_arithmetic_v<typename T::value_type>) {
            for (std::size_t i = 0; i < value.size(); ++i) {
                if (is_asked(i, value.size())) list_places(value[i], name + "[" + std::to_string(i) + "]", places);
            }
        }
    } else if constexpr (is_optional<T>) {
        if (value) list_places(*value, name, places);
    } else if constexpr (Record<T>) {
        const auto names = split_names(field_names(value));
        std::size_t i = 0;
        fields(value, [&](auto&... field) { (list_places(field, name + "." + names[i++], places), ...); });
    } else if constexpr (std::is_constructible_v<decltype(Place::what), T*>) {
        places.push_back({name, &value});
    }
}

/// Arguments of a function, and their names.
template <class... T>
std::vector<Place> places_of(std::tuple<T...>& arguments, const std::vector<std::string>& names) {
    std::vector<Place> places;
    std::size_t i = 0;
    std::apply([&](auto&... argument) { (list_places(argument, names[i++], places), ...); }, arguments);
    return places;
}

/// Calls `see(change, arguments)` for the misfits of `valid`, or for about `most` of them, evenly chosen; the seed
/// says where to begin. Ends when `see` returns false.
template <class Arguments>
void each_misfit(const Arguments& valid, const std::vector<std::string>& names, std::size_t most, std::uint64_t seed,
                 const auto& see) {
    Arguments arguments = valid;
    std::vector<Place> places = places_of(arguments, names);
    const std::size_t count = count_changes(places);
    const std::size_t step = most >= count ? 1 : (count + most - 1) / most;
    for (std::size_t number = seed % step; number < count; number += step) {
        const Change change = make_change(places, number);
        if (!see(change, arguments)) return;
        arguments = valid;
        // A list that was longer may have moved.
        if (std::ranges::any_of(change.sizes, [](const auto& size) { return size.ends_with(".size()"); }))
            places = places_of(arguments, names);
    }
}

/// True if only sizes differ that may be any. An element of a list is named without its number there.
bool is_free(const Change& change, const std::set<std::string>& free);

}  // namespace qkv::testing
