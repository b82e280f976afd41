// What the tests of `decoding` ask about: small language models made by hand, golden ones, and the statement's
// examples.
#ifndef QKV_DECODING_GOLDEN_MODEL_HPP
#define QKV_DECODING_GOLDEN_MODEL_HPP

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "decoding.hpp"
#include "testing/tests.hpp"

namespace decoding::tests {

using qkv::testing::as_row;
using qkv::testing::filled;
using qkv::testing::golden;

/// Hypotheses as rows of ids, -1 behind the last.
inline Matrix ids_of(const std::vector<Hypothesis>& hypotheses) {
    std::size_t longest = 0;
    for (const Hypothesis& each : hypotheses) longest = std::max(longest, each.ids.size());
    Matrix rows = filled(static_cast<Index>(hypotheses.size()), static_cast<Index>(longest), -1);
    for (std::size_t i = 0; i < hypotheses.size(); ++i) {
        const auto length = static_cast<Index>(hypotheses[i].ids.size());
        rows.row(static_cast<Index>(i)).head(length) = as_row(hypotheses[i].ids);
    }
    return rows;
}

inline Matrix numbers_of(const std::vector<Hypothesis>& hypotheses, Scalar Hypothesis::*number) {
    Matrix row(1, static_cast<Index>(hypotheses.size()));
    for (std::size_t i = 0; i < hypotheses.size(); ++i) row(0, static_cast<Index>(i)) = hypotheses[i].*number;
    return row;
}
inline Matrix scores_of(const std::vector<Hypothesis>& hypotheses) {
    return numbers_of(hypotheses, &Hypothesis::score);
}
inline Matrix log_probabilities_of(const std::vector<Hypothesis>& hypotheses) {
    return numbers_of(hypotheses, &Hypothesis::log_probability);
}

inline Scalar log_of(double probability) { return static_cast<Scalar>(std::log(probability)); }

/// Tables of logits from tables of probabilities.
inline Model model_of(const std::vector<Matrix>& probabilities) {
    Model model;
    for (const Matrix& table : probabilities) model.push_back(table.array().log());
    return model;
}

/// Tables that stand below each other in the golden file.
inline Model golden_model(const std::string& name) {
    const Matrix all = golden(name);
    Model model;
    for (Index row = 0; row < all.rows(); row += all.cols()) model.push_back(all.middleRows(row, all.cols()));
    return model;
}

/// In step t, token (i + t + 1) mod n comes after token i; all others are far less likely.
inline Model counting(Index n, Index steps) {
    Model model;
    for (Index t = 0; t < steps; ++t) {
        Matrix table = filled(n, n, -30);
        for (Index i = 0; i < n; ++i) table(i, (i + t + 1) % n) = 30;
        model.push_back(table);
    }
    return model;
}

inline constexpr Sampling as_it_is{1, 1, 1000, 1};

/// The statement's example of a cache.
inline const Cache example_cache{Matrix{{2, 0, 0, 0}, {0, 2, 0, 0}}, Matrix{{1, 0}, {0, 1}}};
inline const Matrix example_query{{0, 1, 1, 0}, {1, 0, 1, 1}};
inline const Matrix example_key{{0, 2, 2, 0}, {2, 0, 0, 2}};
inline const Matrix example_value{{2, 2}, {4, 0}};

/// Its logits and its distribution.
inline const RowVector example_logits{{2, 1, -1, 0}};
inline const RowVector example_distribution{{0.125, 0.375, 0.25, 0.25}};

/// Its language model: 0 is the end and stands before the first word, 1 is a, 2 is b.
inline Model example_model() {
    const Scalar third = Scalar{1} / 3;
    const Matrix first{{0.1, 0.5, 0.4}, {third, third, third}, {third, third, third}};
    const Matrix second{{third, third, third}, {0.3, 0.45, 0.25}, {0.04, 0.06, 0.9}};
    const Matrix last{{third, third, third}, {0.6, 0.25, 0.15}, {0.9, 0.06, 0.04}};
    return model_of({first, second, last});
}

/// Its two models that speak one after the other.
inline const RowVector example_target{{0.25, 0.25, 0.25, 0.25}};
inline const RowVector example_draft{{0.5, 0.25, 0.125, 0.125}};

}  // namespace decoding::tests

#endif
