// Which cases of a generator the hidden tests try, so that every seed meets the same kinds of them: small and
// growing ones, and each choice of the generator at each of its ends (category partition: Ostrand and Balcer 1988).
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "testing/cases.hpp"

namespace qkv::testing {

/// One case to be generated, and how many misfits of it are to be tried.
struct Draw {
    Index size = 1;
    std::uint64_t seed = 0;
    Choices prescribed = {};
    std::size_t most_misfits = 0;

    Case begin() const { return {size, seed, prescribed}; }
};

/// Generates a case; only the choices it makes are of interest.
using Generate = std::function<void(Case&)>;

/// The draws of one seed: cases of growing size; one whose sides all differ, for misfits above all; each kind of
/// each `one_of`; each side at its least, at 1 and beyond 64, all sides equal, and all 1, with the first four kinds of
/// each `one_of`; two neighbours equal and beyond 64; all sides at their least.
std::vector<Draw> strata(const Generate& generate, std::uint64_t seed);

}  // namespace qkv::testing
