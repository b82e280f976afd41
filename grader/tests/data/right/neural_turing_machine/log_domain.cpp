// A right solution in the log domain wherever there is a product: what is left after erasing is exp of a sum of log1p,
// a power a difference of logarithms, the whole addressing step a chain of checks and then a chain of functions.
#include "neural_turing_machine.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace neural_turing_machine {

namespace {

using Checks = std::vector<std::pair<std::string_view, std::function<bool()>>>;

void pass(const Checks& checks) {
    for (const auto& [what, fails] : checks)
        if (fails()) throw std::invalid_argument(std::string(what));
}

/// exp(score(i)) over their sum, each from its distances to all others: 1 / sum over j of exp(score(j) - score(i)).
RowVector by_distances(const RowVector& scores) {
    return RowVector::NullaryExpr(scores.size(), [&](Index i) {
        Scalar sum = 0;
        if (std::isinf(scores(i))) return Scalar{0};
        for (const Scalar score : scores) sum += std::exp(score - scores(i));
        return 1 / sum;
    });
}

Scalar cosine(const auto& a, const auto& b) {
    const Scalar lengths = std::sqrt(a.squaredNorm() * b.squaredNorm());
    return lengths == 0 ? 0 : a.dot(b) / lengths;
}

}  // namespace

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    pass({{"key", [&] { return key.size() != memory.cols(); }}, {"strength", [&] { return strength < 0; }}});
    const RowVector unit = key.stableNormalized();
    RowVector scores(memory.rows());
    for (Index i = 0; i < memory.rows(); ++i)
        scores(i) = strength * cosine(unit, RowVector(memory.row(i)).stableNormalized());
    return by_distances(scores);
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    pass({{"lengths", [&] { return content.size() != previous.size(); }},
          {"gate", [&] { return gate < 0 || 1 < gate; }}});
    return previous + gate * (content - previous);
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    pass({{"even", [&] { return shift.size() % 2 == 0; }}, {"long", [&] { return shift.size() > weights.size(); }}});
    const Index n = weights.size(), middle = shift.size() / 2;
    return RowVector::NullaryExpr(n, [&](Index i) {
        Scalar sum = weights(i) * shift(middle);
        for (Index s = 1; s <= middle; ++s)
            sum += weights(i < s ? i - s + n : i - s) * shift(middle + s) +
                   weights(i + s < n ? i + s : i + s - n) * shift(middle - s);
        return sum;
    });
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    pass({{"gamma", [&] { return gamma < 1; }},
          {"negative", [&] { return weights.minCoeff() < 0; }},
          {"zero", [&] { return weights.isZero(0); }}});
    // w(i)^gamma / sum over j of w(j)^gamma = 1 / sum over j of (w(j) / w(i))^gamma
    return RowVector::NullaryExpr(weights.size(), [&](Index i) {
        if (weights(i) == 0) return Scalar{0};
        Scalar sum = 0;
        for (const Scalar other : weights) sum += std::exp(gamma * (std::log(other) - std::log(weights(i))));
        return 1 / sum;
    });
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    pass({{"previous", [&] { return previous.size() != memory.rows(); }}});
    RowVector weights = previous;
    const std::function<void()> steps[] = {
        [&] { weights = interpolate(content_weights(head.key, head.strength, memory), weights, head.gate); },
        [&] { weights = shift_weights(weights, head.shift); },
        [&] { weights = sharpen(weights, head.sharpening); },
    };
    for (const auto& step : steps) step();
    return weights;
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    pass({{"weights", [&] { return weights.size() != memory.rows(); }}});
    RowVector sum = RowVector::Zero(memory.cols());
    for (Index i = memory.rows(); i-- > 0;) sum += memory.row(i) * weights(i);
    return sum;
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    for (const Write& head : writes)
        pass({{"weights", [&] { return head.weights.size() != memory.rows(); }},
              {"erase", [&] { return head.erase.size() != memory.cols(); }},
              {"add", [&] { return head.add.size() != memory.cols(); }},
              {"from 0 to 1", [&] { return !(head.erase.array() >= 0 && head.erase.array() <= 1).all(); }}});
    return Matrix::NullaryExpr(memory.rows(), memory.cols(), [&](Index i, Index j) {
        Scalar log_kept = 0, added = 0;
        for (const Write& head : writes) {
            log_kept += std::log1p(-head.weights(i) * head.erase(j));
            added += head.weights(i) * head.add(j);
        }
        return memory(i, j) * std::exp(log_kept) + added;
    });
}

}  // namespace neural_turing_machine
