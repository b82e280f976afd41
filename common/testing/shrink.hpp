// Makes a generated case smaller while something still holds of it: first the sizes, then the values.
// It works on the choices a generator made, so every case it tries is one the generator could give
// (the idea of MacIver and Donaldson 2020, "Test-case reduction via test-case generation").
#pragma once

#include <functional>

#include "testing/cases.hpp"

namespace qkv::testing {

/// Generates the case and says whether it still shows what it should show.
using Shows = std::function<bool(Case&)>;

/// The simplest choices found that still show it. `start` must show it. Asks `shows` at most `most_trials` times.
Choices shrink(Index size, std::uint64_t seed, Choices start, const Shows& shows, int most_trials);

}  // namespace qkv::testing
