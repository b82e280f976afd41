// Arguments that do not fit: from valid ones, all those in which a single matrix, row, mask or list has another
// shape: one row or column too many or too few, turned, a single row, a single column, nothing.
#ifndef QKV_TESTING_MISFITS_HPP
#define QKV_TESTING_MISFITS_HPP

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "remote/fields.hpp"
#include "testing/code.hpp"
#include "testing/tests.hpp"

namespace qkv::testing {

/// One of them: what is wrong with it, and the whole arguments.
template <class Arguments>
struct Misfit {
    std::string place;         ///< "key", "projections.query", "layers[1].norm.gain"; a list's length: "layers.size()"
    std::string wrong, right;  ///< "5 x 6", "5 x 7"
    std::vector<std::string> sizes;  ///< those that changed: "key.columns"; none if it is a whole number
    bool empty_mask = false;         ///< a mask lost all its elements
    Arguments arguments;
};

/// Calls `see(place, name)` for everything in `value` that has a shape, and for whole numbers.
template <class T, class See>
void each_place(T& value, const std::string& name, const See& see) {
    using Plain = std::remove_const_t<T>;
    if constexpr (is_list<Plain>) {
        see(value, name);
        if constexpr (!std::is_arithmetic_v<typename Plain::value_type>) {
            for (std::size_t i = 0; i < value.size(); ++i) each_place(value[i], fmt::format("{}[{}]", name, i), see);
        }
    } else if constexpr (is_optional<Plain>) {
        if (value) each_place(*value, name, see);
    } else if constexpr (Leaf<Plain>) {
        if constexpr (!std::is_floating_point_v<Plain> && !std::is_enum_v<Plain> && !std::same_as<Plain, bool> &&
                      !std::same_as<Plain, std::string>)
            see(value, name);
    } else {
        const auto fields_of_it = split_names(field_names(value));
        std::size_t i = 0;
        fields(value, [&](auto&... field) { (each_place(field, name + "." + fields_of_it[i++], see), ...); });
    }
}

/// The same numbers in another shape; where there are more of them, they repeat, but smaller each time: equal scores
/// of great size would be hard on right formulas.
template <class Dense>
Dense reshaped(const Dense& old, Index rows, Index columns) {
    Dense fresh = Dense::Constant(rows, columns, 1);
    if (old.size() == 0) return fresh;
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
            fresh(i, j) = old(i % old.rows(), j % old.cols());
            if constexpr (!std::same_as<Dense, Mask>)
                fresh(i, j) /= static_cast<Scalar>(1 + i / old.rows() + j / old.cols());
        }
    }
    return fresh;
}

/// Every other value that a place may take, the nearest shapes first.
template <class T>
std::vector<T> others(const T& old) {
    std::vector<T> all;
    if constexpr (std::is_arithmetic_v<T>) {
        all.push_back(static_cast<T>(old + 1));
        if (old > 0) all.push_back(static_cast<T>(old - 1));
    } else if constexpr (is_list<T> || std::same_as<T, std::vector<bool>>) {
        all.push_back(old);
        all.back().push_back(old.empty() ? typename T::value_type{} : old.back());
        if (!old.empty()) all.emplace_back(old.begin(), old.end() - 1);
        if (old.size() > 1) all.emplace_back();
    } else {
        const Index rows = old.rows(), columns = old.cols();
        std::set<std::pair<Index, Index>> seen = {{rows, columns}};
        for (const auto& [r, c] : std::initializer_list<std::pair<Index, Index>>{{rows, columns + 1},
                                                                                 {rows, columns - 1},
                                                                                 {rows + 1, columns},
                                                                                 {rows - 1, columns},
                                                                                 {columns, rows},
                                                                                 {1, columns},
                                                                                 {rows, 1},
                                                                                 {rows, 0},
                                                                                 {0, columns}}) {
            const bool possible = r >= 0 && c >= 0 && (T::RowsAtCompileTime == Eigen::Dynamic || r == 1);
            if (possible && seen.insert({r, c}).second) all.push_back(reshaped(old, r, c));
        }
    }
    return all;
}

template <class T>
std::string shape_text(const T& value) {
    if constexpr (std::is_arithmetic_v<T>) {
        return std::to_string(value);
    } else if constexpr (is_list<T> || std::same_as<T, std::vector<bool>>) {
        return std::to_string(value.size());
    } else {
        return fmt::format("{} x {}", value.rows(), value.cols());
    }
}

/// The sizes in which two values of one place differ.
template <class T>
std::vector<std::string> changed_sizes(const T& old, const T& fresh, const std::string& name) {
    if constexpr (std::is_arithmetic_v<T>) {
        return {};
    } else if constexpr (is_list<T> || std::same_as<T, std::vector<bool>>) {
        return {name + ".size()"};
    } else {
        std::vector<std::string> sizes;
        if (old.rows() != fresh.rows()) sizes.push_back(name + ".rows");
        if (old.cols() != fresh.cols()) sizes.push_back(name + ".columns");
        return sizes;
    }
}

template <class T>
bool is_empty_mask(const T& value) {
    if constexpr (std::same_as<T, Mask>) return value.size() == 0;
    return false;
}

/// The misfits of `valid`, or about `most` of them, evenly chosen from the one numbered `first` on.
template <class... T>
std::vector<Misfit<std::tuple<T...>>> misfits_of(const std::vector<std::string>& names, const std::tuple<T...>& valid,
                                                 std::size_t first, std::size_t most) {
    const auto each = [&](auto& arguments, const auto& see) {
        std::size_t i = 0;
        std::apply([&](auto&... argument) { (each_place(argument, names[i++], see), ...); }, arguments);
    };
    std::size_t count = 0;
    each(valid, [&](const auto& old, const std::string&) { count += others(old).size(); });
    const std::size_t step = most >= count ? 1 : (count + most - 1) / most;

    std::vector<Misfit<std::tuple<T...>>> all;
    std::size_t number = first % step, place = 0;
    each(valid, [&](const auto& old, const std::string& name) {
        for (const auto& fresh : others(old)) {
            if (number++ % step != 0) continue;
            const auto sizes = changed_sizes(old, fresh, name);
            const bool of_list = !sizes.empty() && sizes.front().ends_with(".size()");
            all.push_back({of_list ? sizes.front() : name, shape_text(fresh), shape_text(old), sizes,
                           is_empty_mask(fresh), valid});
            std::size_t here = 0;
            each(all.back().arguments, [&](auto& copied, const std::string&) {
                if constexpr (std::same_as<std::remove_cvref_t<decltype(copied)>, std::remove_cvref_t<decltype(old)>>) {
                    if (here == place) copied = fresh;
                }
                ++here;
            });
        }
        ++place;
    });
    return all;
}

/// For visible tests: misfits of arguments with their names, "query, key, value".
template <class... T>
class Misfits {
public:
    explicit Misfits(std::string_view names, const T&... valid)
        : all(misfits_of(split_names(names), std::tuple<T...>(valid...), 0, 1000000)) {
        // Whole numbers have no shape; an empty mask may be no mask.
        std::erase_if(all, [](const auto& misfit) { return misfit.sizes.empty() || misfit.empty_mask; });
    }

    /// Without those in which only sizes differ that may be any: "query.rows", "layers.size()". A size of an
    /// element of a list is named without its number: "layers.gain.columns".
    Misfits except(const std::set<std::string>& free) const {
        Misfits rest = *this;
        std::erase_if(rest.all, [&](const auto& misfit) {
            return std::ranges::all_of(misfit.sizes, [&](std::string size) {
                for (std::size_t open; (open = size.find('[')) != std::string::npos;)
                    size.erase(open, size.find(']') + 1 - open);
                return free.contains(size);
            });
        });
        return rest;
    }

    std::vector<Misfit<std::tuple<T...>>> all;
};

/// True if the learner's function refuses these arguments; else the test has failed and says why.
template <class Arguments>
bool refuses(const auto& function, const Misfit<Arguments>& misfit) {
    bool refused = false;
    const auto call = [&] {
        try {
            std::apply(function, misfit.arguments);
        } catch (const std::invalid_argument&) {
            refused = true;
            throw;
        }
    };
    note_refusal_due({{"argument", misfit.place}, {"wrong_shape", misfit.wrong}, {"right_shape", misfit.right}});
    CHECK_THROWS_AS(call(), std::invalid_argument);
    note_refusal_due({});
    return refused;
}

/// Asserts that the function answers every misfit with std::invalid_argument. The first that it does not refuse is
/// told.
template <class... T>
void check_refused(const auto& function, const Misfits<T...>& misfits) {
    for (const auto& misfit : misfits.all) {
        if (!refuses(function, misfit)) return;
    }
}

}  // namespace qkv::testing

#endif
