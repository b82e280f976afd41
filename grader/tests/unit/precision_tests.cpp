// Errors of single precision are told from others by their size and by the numbers themselves.
#include "precision.hpp"

#include <cmath>

#include "qkv/matrix.hpp"

#include "testing/catch2.hpp"
#include "testing/compare.hpp"

using qkv::Matrix;
using qkv::Precision;
using qkv::Scalar;

namespace {

Precision of(const Matrix& found, const Matrix& expected) {
    const auto facts = qkv::testing::compare(found, expected, 1e-9);
    return facts ? qkv::precision_of(*facts) : Precision::enough;
}

const Matrix third{{Scalar(1) / 3, 2, Scalar(-5) / 7}, {100 * std::sqrt(Scalar(2)), Scalar(1e-4) / 3, 0}};

Matrix in_float(const Matrix& matrix) { return matrix.cast<float>().cast<Scalar>(); }

}  // namespace

#ifndef QKV_FLOAT  // whose tolerance is larger than all this

TEST_CASE("numbers that are all floats, and nearly right, were computed in single precision") {
    CHECK(of(in_float(third), third) == Precision::single);
    CHECK(of(in_float(3 * in_float(third)), 3 * third) == Precision::single);
}

TEST_CASE("nearly right and no floats: a float on the way, or something small was added") {
    CHECK(of(3 * in_float(third), 3 * third) == Precision::low);
    CHECK(of(third.array() * (1 + 1e-8), third) == Precision::low);
    CHECK(of(third.array() + 1e-8, third) == Precision::low);
}

TEST_CASE("one larger error anywhere, or none, and it is no question of precision") {
    CHECK(of(third, third) == Precision::enough);
    Matrix wrong = in_float(third);
    wrong(1, 2) = 1e-5;
    CHECK(of(wrong, third) == Precision::enough);
    wrong(1, 2) = std::nan("");
    CHECK(of(wrong, third) == Precision::enough);
    CHECK(of(in_float(third).leftCols(2), third) == Precision::enough);
}

TEST_CASE("where the right numbers are floats themselves, an error says nothing about floats") {
    const Matrix whole{{1, 2, 3}};
    CHECK(of(whole.array() + std::ldexp(1, -22), whole) == Precision::low);
}

#endif
