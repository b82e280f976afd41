// Any value as a list of matrices, so that one comparer serves all types.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "testing/tests.hpp"
#include "wire/walk.hpp"

namespace qkv::testing {

using wire::Leaf;

/// Visitor that lists a value's parts as matrices, so that one comparer serves all types.
class Matrices {
public:
    std::vector<Matrix> all;

    template <Leaf T>
    void leaf(const T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            all.push_back(filled(1, 1, static_cast<Scalar>(value)));
        } else if constexpr (std::same_as<T, Mask>) {
            all.push_back(as_matrix(value));
        } else if constexpr (std::same_as<T, std::vector<bool>> || std::same_as<T, std::string>) {
            Matrix row(1, static_cast<Index>(value.size()));
            for (std::size_t i = 0; i < value.size(); ++i)
                row(0, static_cast<Index>(i)) = static_cast<Scalar>(value[i]);
            all.push_back(row);
        } else {
            all.push_back(value);
        }
    }
    void length(const auto& list) { leaf(list.size()); }
    void presence(const auto& optional) { leaf(optional.has_value()); }
};

template <class T>
std::vector<Matrix> as_matrices(const T& value) {
    Matrices matrices;
    wire::walk(value, matrices);
    return matrices.all;
}

/// Matches what a call returned, as matrices, against what is due, part by part.
class Returned : public harness::MatcherBase<std::vector<Matrix>> {
public:
    explicit Returned(std::vector<Matrix> expected) : expected_(std::move(expected)) {}

    bool match(const std::vector<Matrix>& actual) const override {
        const auto facts = differs(actual);
        if (facts) harness::note_difference(*facts, true);
        return !facts;
    }
    std::string describe() const override { return "is what is due"; }

private:
    std::optional<record::Facts> differs(const std::vector<Matrix>& actual) const {
        if (actual.size() != expected_.size()) {
            record::Facts facts{.fault = record::Fault::length};
            facts.difference.expected_shape = std::to_string(expected_.size());
            facts.difference.found_shape = std::to_string(actual.size());
            return facts;
        }
        for (std::size_t part = 0; part < expected_.size(); ++part) {
            if (auto facts = record::compare(actual[part], expected_[part], tolerance)) return facts;
        }
        return std::nullopt;
    }

    std::vector<Matrix> expected_;
};

}  // namespace qkv::testing
