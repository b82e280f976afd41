// Arguments that do not fit, and that a function must refuse: for tests that want std::invalid_argument.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>
#include <tuple>

#include "testing/changes.hpp"
#include "testing/tests.hpp"

namespace qkv::testing {

/// True if the call is refused; else the test has failed and says why.
inline bool is_refused(const std::function<void()>& call, const Change& change) {
    bool refused = false;
    const auto noted = [&] {
        try {
            call();
        } catch (const std::invalid_argument&) {
            refused = true;
            throw;
        }
    };
    harness::note_refusal_due(record::Misfit{change.place, change.wrong, change.right});
    CHECK_THROWS_AS(noted(), std::invalid_argument);
    harness::note_refusal_due(std::nullopt);
    return refused;
}

/// For visible tests: all misfits of arguments with their names, "query, key, value".
template <class... T>
class Misfits {
public:
    explicit Misfits(std::string_view names, const T&... valid) : names_(split_names(names)), valid_(valid...) {}

    /// Without those in which only sizes differ that may be any: "query.rows", "layers.size()", "layers.gain.columns".
    Misfits except(std::set<std::string> free) const {
        Misfits rest = *this;
        rest.free_ = std::move(free);
        return rest;
    }

    /// Calls `see` for each. Whole numbers are left out, for they have no shape, and empty masks, which may be none.
    void each(const auto& see) const {
        each_misfit(valid_, names_, static_cast<std::size_t>(-1), 0, [&](const Change& change, const auto& arguments) {
            return change.sizes.empty() || change.empty_mask || is_free(change, free_) || see(change, arguments);
        });
    }

private:
    std::vector<std::string> names_;
    std::tuple<T...> valid_;
    std::set<std::string> free_;
};

/// Asserts that the function answers every misfit with std::invalid_argument. The first that it does not refuse is
/// told.
template <class... T>
void check_refused(const auto& function, const Misfits<T...>& misfits) {
    misfits.each([&](const Change& change, const std::tuple<T...>& arguments) {
        return is_refused([&] { std::apply(function, arguments); }, change);
    });
}

/// What the function returns; nothing if it throws, which is right too.
template <class... T>
auto unless_refused(const auto& function, const T&... arguments) -> std::optional<decltype(function(arguments...))> {
    try {
        return function(arguments...);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace qkv::testing
