#include "testing/compare.hpp"

#include <cmath>

#include <fmt/format.h>

namespace qkv::testing {

namespace {

std::string shape_of(const Matrix& matrix) { return fmt::format("{} x {}", matrix.rows(), matrix.cols()); }

bool equal(double actual, double expected, double allowed) {
    if (std::isinf(expected)) return actual == expected;
    return std::abs(actual - expected) <= allowed * (1 + std::abs(expected));
}

bool is_float(double number) { return static_cast<double>(static_cast<float>(number)) == number; }

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
    facts.values["expected_shape"] = shape_of(expected);
    facts.values["found_shape"] = shape_of(actual);
    if (actual.rows() != expected.rows() || actual.cols() != expected.cols()) {
        facts.kind = "shape";
        return facts;
    }
    Index wrong = 0, first_row = -1, first_column = -1, largest_row = -1, largest_column = -1;
    double largest = -1, relative = 0;
    bool finite = true, all_floats = true, floats_due = true;
    for (Index row = 0; row < actual.rows(); ++row) {
        for (Index column = 0; column < actual.cols(); ++column) {
            const double found = actual(row, column), want = expected(row, column);
            all_floats = all_floats && is_float(found);
            floats_due = floats_due && is_float(want);
            if (equal(found, want, allowed)) continue;
            if (wrong++ == 0) first_row = row, first_column = column;
            const bool strange = !std::isfinite(found) && std::isfinite(want);
            if (strange && finite) {
                finite = false;
                first_row = row, first_column = column;
            }
            const double error = std::abs(found - want);
            const double of_this = error / (1 + std::abs(want));
            if (!(of_this <= relative)) relative = std::isnan(of_this) ? INFINITY : of_this;
            if (largest_row < 0 || error > largest || (std::isnan(error) && !std::isnan(largest))) {
                largest = error;
                largest_row = row, largest_column = column;
            }
        }
    }
    if (wrong == 0) return std::nullopt;
    facts.kind = finite ? "difference" : "not_finite";
    const auto [want, found] = apart(expected(first_row, first_column), actual(first_row, first_column));
    facts.values["expected"] = want;
    facts.values["found"] = found;
    facts.values["row"] = std::to_string(first_row);
    facts.values["column"] = std::to_string(first_column);
    facts.values["wrong"] = std::to_string(wrong);
    facts.values["size"] = std::to_string(actual.size());
    facts.values["largest"] = fmt::format("{:.4g}", largest);
    facts.values["relative"] = fmt::format("{:.3g}", relative);
    if (all_floats && !floats_due) facts.values["floats"] = "true";
    facts.values["largest_row"] = std::to_string(largest_row);
    facts.values["largest_column"] = std::to_string(largest_column);
    return facts;
}

std::string describe(const Facts& facts) {
    const auto value = [&](const char* name) {
        const auto found = facts.values.find(name);
        return found == facts.values.end() ? std::string("?") : found->second;
    };
    if (facts.kind == "shape") {
        return fmt::format("has shape {}, expected {}", value("found_shape"), value("expected_shape"));
    }
    return fmt::format(
        "({}) first differs at row {}, column {}: expected {}, found {}; largest error {} (row {}, "
        "column {}); {} of {} elements differ",
        value("found_shape"), value("row"), value("column"), value("expected"), value("found"), value("largest"),
        value("largest_row"), value("largest_column"), value("wrong"), value("size"));
}

}  // namespace qkv::testing
