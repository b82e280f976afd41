// Probe workers: the reference's shapes with worthless values, and shapes that nobody expects. No test may let them
// earn anything, or be brought down by them.
#pragma once

#include <limits>
#include <string>
#include <tuple>

#include "wire/flatten.hpp"

namespace qkv::worker {

using namespace wire;

/// What a probe puts in the place of every number a function returns: "zeros", "input" (the numbers
/// of the arguments, in order, again and again), "random", or "throws". Of another shape: "nothing" (lists, matrices
/// and texts are empty), "fewer" (lists are one shorter, matrices have one row and one column less), "more" (likewise;
/// a text says something); numbers that stand alone, and those in lists, are then none that any code expects. Set from
/// the command line.
extern std::string probe_kind;

/// How long a list, or a side of a matrix, becomes where shapes are changed.
Index changed_side(Index side);

/// Whether shapes are changed.
bool changes_shapes();

/// Numbers for a result, one after the other.
class Filler {
public:
    explicit Filler(std::vector<double> input) : input_(std::move(input)) {}

    double next();

    template <Leaf T>
    void leaf(T& value) {
        if constexpr (std::same_as<T, bool>) {
            value = changes_shapes() ? !value : next() > 0;
        } else if constexpr (std::is_floating_point_v<T>) {
            value = changes_shapes() ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(next());
        } else if constexpr (std::is_arithmetic_v<T>) {
            value = static_cast<T>(changes_shapes() ? (probe_kind == "more" ? 1 << 30 : -1) : next());
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(next());
        } else if constexpr (std::same_as<T, std::string>) {
            value = probe_kind == "more" ? value + " \x1b[31m<b>" : "";
        } else if constexpr (std::same_as<T, std::vector<bool>>) {
            length(value);
            for (std::size_t i = 0; i < value.size(); ++i) value[i] = next() > 0;
        } else {
            using Element = typename T::Scalar;
            if (changes_shapes()) {
                const Index rows = T::RowsAtCompileTime == 1 ? 1 : changed_side(value.rows());
                value.setZero(rows, changed_side(value.cols()));
            }
            for (Index i = 0; i < value.size(); ++i) {
                const double number = next();
                value.data()[i] =
                    std::same_as<Element, bool> ? static_cast<Element>(number > 0) : static_cast<Element>(number);
            }
        }
    }
    void length(auto& list) {
        if (changes_shapes()) list.resize(static_cast<std::size_t>(changed_side(static_cast<Index>(list.size()))));
    }
    void presence(const auto&) {}

private:
    std::vector<double> input_;
    std::size_t at_ = 0;
};

/// Visitor that lists the numbers of arguments without their shapes.
class Numbers {
public:
    std::vector<double> all;

    template <Leaf T>
    void leaf(const T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            all.push_back(static_cast<double>(value));
        } else if constexpr (std::same_as<T, std::vector<bool>>) {
            for (const bool flag : value) all.push_back(flag ? 1 : 0);
        } else if constexpr (!std::same_as<T, std::string>) {
            for (Index i = 0; i < value.size(); ++i) all.push_back(static_cast<double>(value.data()[i]));
        }
    }
    void length(const auto&) {}
    void presence(const auto&) {}
};

/// Throws std::invalid_argument if the probe is "throws".
void throw_if_asked();

template <class Result, class... Arguments>
Result probe(Result (*function)(Arguments...), const std::tuple<std::remove_cvref_t<Arguments>...>& arguments) {
    throw_if_asked();
    Result result = std::apply(function, arguments);
    Numbers numbers;
    std::apply([&](const auto&... argument) { (walk(argument, numbers), ...); }, arguments);
    Filler filler(std::move(numbers.all));
    walk(result, filler);
    return result;
}

}  // namespace qkv::worker
