// What a tests.cpp includes: the test macro, the matcher, golden values.
#pragma once

#include <concepts>
#include <iterator>
#include <stdexcept>
#include <string>

#include "qkv/matrix.hpp"

#include "harness/catch2.hpp"
#ifdef QKV_IN_PROCESS
#include "harness/direct_function.hpp"  // for debuggers, never for grading
#else
#include "harness/remote_function.hpp"
#endif
#include "harness/program.hpp"
#include "record/compare.hpp"
#include "testing/golden.hpp"

namespace qkv::testing {

using record::tolerance;

/// Matches what equals `expected`: shape, finiteness, every element within the tolerance.
class Equals : public harness::MatcherBase<Matrix> {
public:
    explicit Equals(Matrix expected) : expected_(std::move(expected)) {}

    /// For the few values that this Scalar cannot hold well enough; say why beside the call.
    Equals within(double looser_tolerance) const {
        Equals looser = *this;
        looser.tolerance_ = looser_tolerance;
        return looser;
    }

    bool match(const Matrix& actual) const override {
        const auto facts = record::compare(actual, expected_, tolerance_);
        description_ = facts ? record::describe(*facts) : "equals the expected matrix";
        if (facts) harness::note_difference(*facts);
        return !facts;
    }
    std::string describe() const override { return description_; }

private:
    Matrix expected_;
    double tolerance_ = record::tolerance;
    mutable std::string description_;
};

/// Matches what equals another result of the learner's, of which nobody says that it is right.
class SameAs : public harness::MatcherBase<Matrix> {
public:
    explicit SameAs(Matrix other) : other_(std::move(other)) {}

    bool match(const Matrix& actual) const override {
        auto facts = record::compare(actual, other_, tolerance);
        description_ = facts ? record::describe(*facts) : "equals the other matrix";
        if (facts) {
            const bool is_shape = facts->fault == record::Fault::shape;
            facts->fault = is_shape ? record::Fault::other_shape : record::Fault::other_value;
            harness::note_difference(*facts);
        }
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

/// A number as a matrix.
inline Matrix one(Scalar value) { return filled(1, 1, value); }

/// A list of numbers as a row.
inline Matrix as_row(const auto& numbers) {
    Matrix row(1, std::ssize(numbers));
    for (std::size_t i = 0; i < numbers.size(); ++i) row(0, static_cast<Index>(i)) = static_cast<Scalar>(numbers[i]);
    return row;
}

}  // namespace qkv::testing

/// A test case: its name as a sentence in English and in Chinese, and "[part-id]".
#define QKV_TEST(english, chinese, tags) QKV_TEST_AT(english, chinese, tags, __COUNTER__)
#define QKV_TEST_AT(english, chinese, tags, number) QKV_TEST_NAMED(english, chinese, tags, number)
#define QKV_TEST_NAMED(english, chinese, tags, number)                                  \
    static const qkv::harness::TestName qkv_test_name_##number{english, chinese, tags}; \
    TEST_CASE(english, tags)
