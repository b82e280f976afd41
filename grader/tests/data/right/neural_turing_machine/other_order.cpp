// A right solution in another order of work: unit vectors before the products, weights pushed instead of
// pulled, powers of two instead of e, the last slot and the last head first.
#include "neural_turing_machine.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace neural_turing_machine {

using Line = std::vector<Scalar>;

static RowVector row_of(const Line& line) { return RowVector::Map(line.data(), static_cast<Index>(line.size())); }

static Line line_of(const RowVector& row) { return Line(row.data(), row.data() + row.size()); }

/// Adds the small ones first.
static Scalar sum_of(Line line) {
    std::sort(line.begin(), line.end());
    return std::accumulate(line.begin(), line.end(), Scalar{0});
}

/// 2 to the power of each, as shares of the whole.
static Line shares(Line exponents) {
    const Scalar most = *std::max_element(exponents.begin(), exponents.end());
    for (Scalar& each : exponents) each = std::exp2(each - most);
    const Scalar sum = sum_of(exponents);
    for (Scalar& each : exponents) each /= sum;
    return exponents;
}

/// Length 1, or 0 for the vector that has no direction.
static Line unit(Line line) {
    Scalar largest = 0;
    for (Scalar each : line) largest = std::max(largest, std::abs(each));
    if (largest == 0) return line;
    for (Scalar& each : line) each /= largest;
    const Scalar length = std::sqrt(std::inner_product(line.begin(), line.end(), line.begin(), Scalar{0}));
    for (Scalar& each : line) each /= length;
    return line;
}

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    if (strength < 0) throw std::invalid_argument("a strength has no sign");
    if (key.size() != memory.cols()) throw std::invalid_argument("a key must be as wide as a slot");
    const Line direction = unit(line_of(key));
    Line exponents;
    for (Index i = 0; i < memory.rows(); ++i) {
        const Line slot = unit(line_of(memory.row(i)));
        const Scalar cosine = std::inner_product(slot.rbegin(), slot.rend(), direction.rbegin(), Scalar{0});
        exponents.push_back(cosine * strength / std::log(Scalar{2}));
    }
    return row_of(shares(exponents));
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    if (gate > 1 || gate < 0) throw std::invalid_argument("a gate is open from 0 to 1");
    if (previous.size() != content.size()) throw std::invalid_argument("not the same slots");
    return previous + gate * (content - previous);
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    const Index n = weights.size(), reach = shift.size() / 2;
    if (shift.size() != 2 * reach + 1 || shift.size() > n) throw std::invalid_argument("not a shift of this ring");
    RowVector arrived = RowVector::Zero(n);
    for (Index step = reach; step >= -reach; --step) {
        Line ring = line_of(weights);
        // Turned so far that the weight of slot 0 stands in slot `step`.
        std::rotate(ring.begin(), ring.begin() + (n - step) % n, ring.end());
        arrived += shift(step + reach) * row_of(ring);
    }
    return arrived;
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    if (gamma < 1) throw std::invalid_argument("this would blur");
    const auto [smallest, largest] = std::minmax_element(weights.data(), weights.data() + weights.size());
    if (*smallest < 0 || *largest <= 0) throw std::invalid_argument("these are no weights");
    Line powers;
    for (Index i = 0; i < weights.size(); ++i) {
        powers.push_back(weights(i) == 0 ? 0 : std::exp2(gamma * std::log2(weights(i) / *largest)));
    }
    return row_of(powers) / sum_of(powers);
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    // The shift is linear: move both distributions first, mix them afterwards.
    const RowVector found = shift_weights(content_weights(head.key, head.strength, memory), head.shift);
    const RowVector walked = shift_weights(previous, head.shift);
    return sharpen(interpolate(found, walked, head.gate), head.sharpening);
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    if (weights.size() != memory.rows()) throw std::invalid_argument("some slot has no weight");
    RowVector mixed = RowVector::Zero(memory.cols());
    for (Index i = memory.rows() - 1; i >= 0; --i) mixed += weights(i) * memory.row(i);
    return mixed;
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    Matrix kept = memory, news = Matrix::Zero(memory.rows(), memory.cols());
    for (auto head = writes.rbegin(); head != writes.rend(); ++head) {
        const bool slots = head->weights.size() == memory.rows();
        const bool features = head->erase.size() == memory.cols() && head->add.size() == memory.cols();
        if (!slots || !features) throw std::invalid_argument("this head has another memory in mind");
        if ((head->erase.array() * (1 - head->erase.array()) < 0).any()) throw std::invalid_argument("erase what?");
        for (Index i = 0; i < memory.rows(); ++i) {
            kept.row(i) -= head->weights(i) * kept.row(i).cwiseProduct(head->erase);
            news.row(i) += head->weights(i) * head->add;
        }
    }
    return kept + news;
}

}  // namespace neural_turing_machine
