// Probe workers: the reference's shapes with worthless values. No test may let them earn anything.
#pragma once

#include <string>
#include <tuple>

#include "wire/flatten.hpp"

namespace qkv::worker {

using namespace wire;

/// What a probe puts in the place of every number a function returns: "zeros", "input" (the numbers
/// of the arguments, in order, again and again), "random", or "throws". Set from the command line.
extern std::string probe_kind;

/// Numbers for a result, one after the other.
class Filler {
public:
    explicit Filler(std::vector<double> input) : input_(std::move(input)) {}

    double next();

    template <Leaf T>
    void leaf(T& value) {
        if constexpr (std::same_as<T, bool>) {
            value = next() > 0;
        } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            value = static_cast<T>(next());
        } else if constexpr (std::same_as<T, std::string>) {
            value.clear();
        } else if constexpr (std::same_as<T, std::vector<bool>>) {
            for (std::size_t i = 0; i < value.size(); ++i) value[i] = next() > 0;
        } else {
            using Element = typename T::Scalar;
            for (Index i = 0; i < value.size(); ++i) {
                const double number = next();
                value.data()[i] =
                    std::same_as<Element, bool> ? static_cast<Element>(number > 0) : static_cast<Element>(number);
            }
        }
    }
    void length(const auto&) {}
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
