// What a scenes.cpp includes: scenes are written like tests, call the learner's functions and show what these return.
// They give no points.
#pragma once

#include <cmath>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "testing/tests.hpp"

namespace qkv::testing {

using record::Look;

/// A sentence in both languages.
struct Title {
    std::string en, zh;
};

/// The rows or the columns of a picture: how many there are, and their names, in Chinese too where they are words of
/// ours.
struct Axis {
    Index size;
    std::vector<std::string> names, names_zh;
    Axis(Index count) : size(count) {}  // NOLINT(google-explicit-constructor): show(title, weights, 3, words)
    Axis(std::vector<std::string> all)  // NOLINT(google-explicit-constructor)
        : size(static_cast<Index>(all.size())), names(std::move(all)) {}
    Axis(std::vector<std::string> en, std::vector<std::string> zh)
        : size(static_cast<Index>(en.size())), names(std::move(en)), names_zh(std::move(zh)) {}
};

/// Matches what can be shown: this shape, and numbers only.
class Pictured : public harness::MatcherBase<Matrix> {
public:
    Pictured(Index rows, Index columns) : rows_(rows), columns_(columns) {}

    bool match(const Matrix& actual) const override {
        Matrix numbers = Matrix::Zero(rows_, columns_);
        if (actual.rows() == rows_ && actual.cols() == columns_)
            numbers = actual.unaryExpr([](Scalar x) { return std::isfinite(x) ? x : Scalar{0}; });
        auto facts = record::compare(actual, numbers, tolerance);
        if (!facts) return true;
        description_ = record::describe(*facts);
        if (facts->fault != record::Fault::shape) facts->difference.expected = "-∞ < x < ∞";
        harness::note_difference(*facts, true);
        return false;
    }
    std::string describe() const override { return description_; }

private:
    Index rows_, columns_;
    mutable std::string description_;
};

/// Shows a matrix that the last call returned, or a piece of it. What has another shape, or is no number, is not shown:
/// the learner is told.
inline void show(const Title& title, const Matrix& values, const Axis& rows, const Axis& columns,
                 Look look = Look::weights) {
    REQUIRE_THAT(values, Pictured(rows.size, columns.size));
    record::Picture picture{
        title.en, title.zh,   look,          rows.size,     columns.size,
        {},       rows.names, columns.names, rows.names_zh, columns.names_zh,
    };
    for (Index i = 0; i < values.rows(); ++i) {
        for (Index j = 0; j < values.cols(); ++j) picture.values.push_back(values(i, j));
    }
    harness::note_picture(std::move(picture));
}

/// Says a sentence.
inline void say(const Title& sentence) {
    SUCCEED();
    harness::note_picture({sentence.en, sentence.zh, Look::weights, 0, 0, {}, {}, {}, {}, {}});
}

/// The words of a text, between spaces and line breaks.
inline std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream stream(text);
    for (std::string word; stream >> word;) all.push_back(word);
    return all;
}

/// What ./grade show ID --input gave, or the scene's own example.
inline std::string input_or(const std::string& example) {
    return harness::given_input().empty() ? example : harness::given_input();
}

}  // namespace qkv::testing

/// A scene: what is to be seen, as a sentence in English and in Chinese, and the part whose functions it calls.
#define QKV_SCENE(english, chinese, part) QKV_TEST(english, chinese, part)
