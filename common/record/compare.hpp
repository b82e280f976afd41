// The one comparer: shape, then finiteness, then every element |a - b| <= tolerance * (1 + |b|),
// written so that NaN never passes.
#pragma once

#include <optional>
#include <string>

#include "qkv/matrix.hpp"
#include "record/case_report.hpp"

namespace qkv::record {

/// What rounding may do, with room for right formulas in another order: large scores and small variances make ten
/// thousand times as much of it. A build with float is there to be timed, not to grade.
inline constexpr double tolerance = in_double ? 1e-9 : 5e-3;

/// What two matrices differ in: facts of kind `shape`, `not_finite` or `difference`, or nothing.
/// `expected` may hold infinities; then `actual` must hold the same.
std::optional<Facts> compare(const Matrix& actual, const Matrix& expected, double allowed);

/// One or two lines for a person who runs the tests by hand.
std::string describe(const Facts& facts);

}  // namespace qkv::record
