// What a tests.cpp includes: the test macro, the matcher, golden values.
#ifndef QKV_TESTING_TESTS_HPP
#define QKV_TESTING_TESTS_HPP

#include <concepts>
#include <map>
#include <stdexcept>
#include <string>

#include "qkv/matrix.hpp"

#include "testing/catch2.hpp"
#include "testing/compare.hpp"
#include "testing/golden.hpp"
#include "testing/test_name.hpp"

namespace qkv::testing {

/// Makes the difference known to the report.
void note_difference(const Facts& facts);

/// Says why the arguments of the next call must be refused; {} when it is over.
void note_refusal_due(const std::map<std::string, std::string>& why);

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

/// Matches what equals another result of the learner's, of which nobody says that it is right.
class SameAs : public MatcherBase<Matrix> {
public:
    explicit SameAs(Matrix other) : other_(std::move(other)) {}

    bool match(const Matrix& actual) const override {
        auto facts = compare(actual, other_, tolerance);
        description_ = facts ? qkv::testing::describe(*facts) : "equals the other matrix";
        if (facts) facts->kind = facts->kind == "shape" ? "other_shape" : "other_value";
        if (facts) note_difference(*facts);
        return !facts;
    }
    std::string describe() const override { return description_; }

private:
    Matrix other_;
    mutable std::string description_;
};

/// Masks as matrices; true counts as 1.
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
