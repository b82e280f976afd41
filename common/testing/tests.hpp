// What a tests.cpp includes: the test macro, the matcher, golden values.
#ifndef QKV_TESTING_TESTS_HPP
#define QKV_TESTING_TESTS_HPP

#include <concepts>
#include <stdexcept>
#include <string>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#include "record/compare.hpp"
#include "testing/golden.hpp"
#include "harness/test_name.hpp"

namespace qkv::testing {

/// Makes the difference known to the report.
void note_difference(const Facts& facts);

/// Matches what equals `expected`: shape, finiteness, every element within the tolerance.
class Equals : public MatcherBase<Matrix> {
public:
    explicit Equals(Matrix expected) : expected_(std::move(expected)) {}

    /// For the few values that this Scalar cannot hold well enough; say why beside the call.
    Equals within(double looser_tolerance) const {
        Equals looser = *this;
        looser.tolerance_ = looser_tolerance;
        return looser;
    }

    bool match(const Matrix& actual) const override {
        const auto facts = compare(actual, expected_, tolerance_);
        description_ = facts ? qkv::testing::describe(*facts) : "equals the expected matrix";
        if (facts) note_difference(*facts);
        return !facts;
    }
    std::string describe() const override { return description_; }

private:
    Matrix expected_;
    double tolerance_ = qkv::testing::tolerance;
    mutable std::string description_;
};

/// The same for masks; true counts as 1.
inline Matrix as_matrix(const Mask& mask) { return mask.cast<Scalar>().matrix(); }

/// A matrix of one value.
inline Matrix filled(Index rows, Index columns, Scalar value) { return Matrix::Constant(rows, columns, value); }

}  // namespace qkv::testing

/// A test case: its name as a sentence in English and in Chinese, and "[part-id]".
#define QKV_TEST(english, chinese, tags) QKV_TEST_AT(english, chinese, tags, __COUNTER__)
#define QKV_TEST_AT(english, chinese, tags, number) QKV_TEST_NAMED(english, chinese, tags, number)
#define QKV_TEST_NAMED(english, chinese, tags, number)                                  \
    static const qkv::testing::TestName qkv_test_name_##number{english, chinese, tags}; \
    TEST_CASE(english, tags)

#endif
