// What `./grade compare` does in the hidden tests: looks for generated arguments for which a learner's
// function and the reference differ, makes them as small as they get, and writes them down as C++.
#pragma once

#include <optional>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "harness/session.hpp"
#include "testing/code.hpp"
#include "testing/matrices.hpp"
#include "testing/shrink.hpp"
#include "testing/strata.hpp"
#include "wire/flatten.hpp"

namespace qkv::testing {

inline constexpr Index largest_size = 8;  ///< of a generated case
inline constexpr std::uint64_t cases_a_size = 40;
inline constexpr int most_trials = 4000;  ///< to make a case smaller
inline constexpr int few_digits = 6;      ///< of results, where they suffice to tell them apart

/// True for `./grade compare`.
inline bool comparing() { return harness::session().settings().compare; }

/// The reference's answer; nothing if it refuses these arguments. Any other exception is a fault of the kit.
template <class Arguments>
auto answer_of(auto* reference, const Arguments& arguments)
    -> std::optional<decltype(std::apply(reference, arguments))> {
    try {
        return std::apply(reference, arguments);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

/// True if the learner's answer is another one, or none.
template <class Result, class Arguments>
bool differs(const auto& learner, const Result& expected, const Arguments& arguments) {
    harness::session().forget_call();
    try {
        const auto right = as_matrices(expected), found = as_matrices(std::apply(learner, arguments));
        if (found.size() != right.size()) return true;
        for (std::size_t i = 0; i < right.size(); ++i) {
            if (record::compare(found[i], right[i], tolerance)) return true;
        }
        return false;
    } catch (const std::exception&) {
        return true;
    }
}

/// The arguments, and what both make of them, as C++.
template <class Result, class Arguments>
record::SmallestCase written_down(const auto& learner, const Result& expected, const Arguments& arguments) {
    record::SmallestCase written;
    written.function = learner.name();
    std::apply([&](const auto&... argument) { (written.arguments.push_back(code(argument)), ...); }, arguments);
    wire::Flattened flattened;
    std::apply([&](const auto&... argument) { (wire::walk(argument, flattened), ...); }, arguments);
    written.size = flattened.numbers.size();
    written.expected = code(expected, few_digits);
    harness::session().forget_call();
    try {
        const Result found = std::apply(learner, arguments);
        written.found = code(found, few_digits);
        if (written.found == written.expected) written.expected = code(expected), written.found = code(found);
    } catch (const std::exception&) {
        written.found = "";  // the facts of the verdict say more
    }
    return written;
}

/// Where compare looks: among small cases first, then among the hidden tests' strata.
inline std::vector<Draw> draws_to_compare(const Generate& generate) {
    std::vector<Draw> draws;
    for (Index size = 1; size <= largest_size; ++size) {
        for (std::uint64_t seed = 0; seed < cases_a_size; ++seed) draws.push_back({size, seed});
    }
    const auto more = strata(generate, 0);
    draws.insert(draws.end(), more.begin(), more.end());
    return draws;
}

/// The smallest case found in which the two differ; none if they agree in all. Arguments that either may be
/// refused or not show nothing. A call that takes too long, or was never written, ends the search: there is
/// nothing to make smaller.
std::optional<Case> smallest_difference(const auto& learner, auto* reference, auto generate, auto may_refuse) {
    const auto shows = [&](Case& drawn) {
        const auto arguments = generate(drawn);
        const auto expected = answer_of(reference, arguments);
        return expected && !may_refuse(arguments) && !harness::session().gave_up() &&
               differs(learner, *expected, arguments);
    };
    for (const Draw& draw : draws_to_compare([&](Case& drawn) { generate(drawn); })) {
        Case found = draw.begin();
        if (!shows(found)) continue;
        Choices choices = found.made();
        if (!harness::session().gave_up()) choices = shrink(draw.size, draw.seed, choices, shows, most_trials);
        Case smallest(draw.size, draw.seed, choices), repeated = smallest;
        const auto arguments = generate(repeated);
        harness::session().note_smallest(written_down(learner, *answer_of(reference, arguments), arguments));
        harness::session().forget_call();
        return smallest;
    }
    return std::nullopt;
}

}  // namespace qkv::testing
