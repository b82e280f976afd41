#include "record/compare.hpp"

#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace qkv::record {

namespace {

std::string shape_of(const Matrix& matrix) { return fmt::format("{} x {}", matrix.rows(), matrix.cols()); }

bool equal(double actual, double expected, double allowed) {
    if (std::isinf(expected)) return actual == expected;
    return std::abs(actual - expected) <= allowed * (1 + std::abs(expected));
}

bool is_float(double number) { return static_cast<double>(static_cast<float>(number)) == number; }

/// True for 1.5 and 0.375: of few binary digits. What was rounded to float has more.
bool is_short(double number) {
    int exponent = 0;
    const double digits = std::ldexp(std::frexp(number, &exponent), 12);
    return digits == std::round(digits);
}

/// As few digits as show that the two differ.
std::pair<std::string, std::string> apart(double expected, double actual) {
    for (double* number : {&expected, &actual}) {
        if (std::isnan(*number)) *number = std::abs(*number);  // its sign says nothing
    }
    for (int digits = 5; digits < 17; ++digits) {
        auto left = fmt::format("{:.{}g}", expected, digits);
        auto right = fmt::format("{:.{}g}", actual, digits);
        if (left != right) return {left, right};
    }
    return {fmt::format("{:.17g}", expected), fmt::format("{:.17g}", actual)};
}

}  // namespace

std::optional<Facts> compare(const Matrix& actual, const Matrix& expected, double allowed) {
    Facts facts;
    Difference& difference = facts.difference;
    difference.expected_shape = shape_of(expected);
    difference.found_shape = shape_of(actual);
    if (actual.rows() != expected.rows() || actual.cols() != expected.cols()) {
        facts.fault = Fault::shape;
        return facts;
    }
    difference.size = actual.size();
    double largest = -1, relative = 0;
    bool finite = true, all_floats = true, all_short = true, floats_due = true;
    for (Index row = 0; row < actual.rows(); ++row) {
        for (Index column = 0; column < actual.cols(); ++column) {
            const double found = actual(row, column), want = expected(row, column);
            all_floats = all_floats && is_float(found);
            all_short = all_short && is_short(found);
            floats_due = floats_due && is_float(want);
            if (equal(found, want, allowed)) continue;
            const bool strange = finite && !std::isfinite(found) && std::isfinite(want);
            if (difference.wrong++ == 0 || strange) difference.row = row, difference.column = column;
            finite = finite && !strange;
            const double error = std::abs(found - want), of_this = error / (1 + std::abs(want));
            if (!(of_this <= relative)) relative = std::isnan(of_this) ? INFINITY : of_this;
            if (difference.wrong == 1 || error > largest || (std::isnan(error) && !std::isnan(largest))) {
                largest = error;
                difference.largest_row = row, difference.largest_column = column;
            }
        }
    }
    if (difference.wrong == 0) return std::nullopt;
    facts.fault = finite ? Fault::difference : Fault::not_finite;
    std::tie(difference.expected, difference.found) =
        apart(expected(difference.row, difference.column), actual(difference.row, difference.column));
    difference.largest = fmt::format("{:.4g}", largest);
    difference.relative = fmt::format("{:.3g}", relative);
    difference.floats = all_floats && !all_short && !floats_due;
    return facts;
}

std::string describe(const Facts& facts) {
    const Difference& d = facts.difference;
    if (facts.fault == Fault::shape) return fmt::format("has shape {}, expected {}", d.found_shape, d.expected_shape);
    return fmt::format(
        "({}) first differs at row {}, column {}: expected {}, found {}; largest error {} (row {}, column {}); "
        "{} of {} elements differ",
        d.found_shape, d.row, d.column, d.expected, d.found, d.largest, d.largest_row, d.largest_column, d.wrong,
        d.size);
}

}  // namespace qkv::record
