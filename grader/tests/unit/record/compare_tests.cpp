// The one comparer of the kit: what differs, how much, where.
#include <limits>
#include <string>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "record/compare.hpp"

namespace {

using namespace qkv;
using namespace qkv::record;

constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
constexpr Scalar not_a_number = std::numeric_limits<Scalar>::quiet_NaN();
constexpr double allowed = 1.0 / 1024;

Matrix zeros(Index rows, Index columns) { return Matrix::Zero(rows, columns); }

Matrix with(Matrix matrix, Index row, Index column, Scalar value) {
    matrix(row, column) = value;
    return matrix;
}

Fault fault(const std::optional<Facts>& facts) { return facts ? facts->fault : Fault::none; }

}  // namespace

TEST_CASE("equal matrices do not differ, not even empty ones") {
    CHECK((fault(compare(zeros(2, 3), zeros(2, 3), 0)) == Fault::none));
    CHECK((fault(compare(zeros(0, 3), zeros(0, 3), 0)) == Fault::none));
}

TEST_CASE("the shape is looked at first") {
    const auto facts = compare(with(zeros(3, 2), 0, 0, not_a_number), zeros(2, 3), allowed);
    CHECK((fault(facts) == Fault::shape));
    CHECK(facts->difference.found_shape == "3 x 2");
    CHECK(facts->difference.expected_shape == "2 x 3");
    CHECK((fault(compare(zeros(0, 2), zeros(0, 3), allowed)) == Fault::shape));
    CHECK((fault(compare(zeros(1, 1), zeros(1, 2), 100)) == Fault::shape));
}

TEST_CASE("the tolerance grows with the expected value") {
    const Matrix large = Matrix::Constant(1, 1, 1023);  // may be off by 1024 / 1024
    CHECK((fault(compare(Matrix::Constant(1, 1, 1024), large, allowed)) == Fault::none));
    CHECK((fault(compare(Matrix::Constant(1, 1, Scalar(1024.5)), large, allowed)) == Fault::difference));
    CHECK((fault(compare(Matrix::Constant(1, 1, Scalar(0.0009)), zeros(1, 1), allowed)) == Fault::none));
    CHECK((fault(compare(Matrix::Constant(1, 1, Scalar(-0.001)), zeros(1, 1), allowed)) == Fault::difference));
}

TEST_CASE("NaN never passes, whatever is expected and allowed") {
    for (const Scalar expected : {Scalar(0), infinity, -infinity, not_a_number}) {
        CHECK(compare(with(zeros(1, 1), 0, 0, not_a_number), with(zeros(1, 1), 0, 0, expected), 1e300));
    }
    CHECK(compare(zeros(1, 1), with(zeros(1, 1), 0, 0, not_a_number), 1e300));
}

TEST_CASE("an expected infinity is met by itself alone") {
    const Matrix expected = with(zeros(1, 2), 0, 1, -infinity);
    CHECK((fault(compare(expected, expected, allowed)) == Fault::none));
    CHECK((fault(compare(with(zeros(1, 2), 0, 1, infinity), expected, allowed)) == Fault::difference));
    CHECK((fault(compare(with(zeros(1, 2), 0, 1, Scalar(-1e30)), expected, allowed)) == Fault::difference));
}

TEST_CASE("what is not finite is told before what is merely wrong") {
    const Matrix actual = with(with(zeros(2, 2), 0, 0, 5), 1, 0, not_a_number);
    const auto facts = compare(actual, zeros(2, 2), allowed);
    CHECK((fault(facts) == Fault::not_finite));
    CHECK(facts->difference.row == 1);
    CHECK(facts->difference.column == 0);
    CHECK(facts->difference.found == "nan");
    CHECK(facts->difference.wrong == 2);
}

TEST_CASE("the first difference and the largest error have their places") {
    const Matrix actual = with(with(with(zeros(3, 4), 0, 2, Scalar(0.5)), 1, 3, -2), 2, 0, 1);
    const auto facts = compare(actual, zeros(3, 4), allowed);
    CHECK((fault(facts) == Fault::difference));
    CHECK(facts->difference.row == 0);
    CHECK(facts->difference.column == 2);
    CHECK(facts->difference.expected == "0");
    CHECK(facts->difference.found == "0.5");
    CHECK(facts->difference.largest == "2");
    CHECK(facts->difference.largest_row == 1);
    CHECK(facts->difference.largest_column == 3);
    CHECK(facts->difference.wrong == 3);
    CHECK(facts->difference.size == 12);
}

TEST_CASE("two numbers that differ are written so that one sees it") {
    const Matrix one = Matrix::Constant(1, 1, 1), nearly = Matrix::Constant(1, 1, 1 + Scalar(1) / (1 << 20));
    const auto facts = compare(nearly, one, 1e-9);
    CHECK(facts->difference.expected == "1");
    CHECK(facts->difference.found == "1.000001");
}

TEST_CASE("whatever differs has a largest error, also when it is no number") {
    for (const Scalar expected : {Scalar(0), infinity}) {
        const auto facts = compare(with(zeros(1, 1), 0, 0, not_a_number), with(zeros(1, 1), 0, 0, expected), allowed);
        CHECK(!facts->difference.largest.empty());
        CHECK(describe(*facts).find('?') == std::string::npos);
    }
}

TEST_CASE("the description of a difference holds both shapes or both numbers") {
    CHECK(describe(*compare(zeros(1, 2), zeros(3, 4), allowed)) == "has shape 1 x 2, expected 3 x 4");
    const std::string text = describe(*compare(with(zeros(1, 2), 0, 1, 5), zeros(1, 2), allowed));
    CHECK(text.find("row 0, column 1: expected 0, found 5") != std::string::npos);
    CHECK(text.find("1 of 2 elements") != std::string::npos);
}
