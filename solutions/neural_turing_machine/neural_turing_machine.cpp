// Reference: how the heads of a Neural Turing Machine find, read and write the slots of its memory.
#include "neural_turing_machine.hpp"

#include <stdexcept>
#include <string>

namespace neural_turing_machine {

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

std::string text(Index number) { return std::to_string(number); }

void require_fit(const Write& head, const Matrix& memory) {
    require(head.weights.size() == memory.rows(),
            text(head.weights.size()) + " weights for " + text(memory.rows()) + " slots");
    require(head.erase.size() == memory.cols(),
            "erase has width " + text(head.erase.size()) + ", the memory " + text(memory.cols()));
    require(head.add.size() == memory.cols(),
            "add has width " + text(head.add.size()) + ", the memory " + text(memory.cols()));
    require((head.erase.array() >= 0).all() && (head.erase.array() <= 1).all(), "erase must lie between 0 and 1");
}

}  // namespace

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    require(key.size() == memory.cols(),
            "the key has width " + text(key.size()) + ", the memory " + text(memory.cols()));
    require(strength >= 0, "the key strength must not be negative, as " + std::to_string(strength) + " is");
    if (memory.rows() == 0) return RowVector();  // there is nothing to look at
    RowVector scores(memory.rows());             // n_slots
    for (Index i = 0; i < memory.rows(); ++i) {
        const Scalar norms = key.norm() * memory.row(i).norm();
        const Scalar similarity = norms == 0 ? 0 : key.dot(memory.row(i)) / norms;  // no direction: like nothing
        scores(i) = strength * similarity;
    }
    // Subtracting the largest changes no fraction and keeps every exp at or below 1.
    const RowVector exponentials = (scores.array() - scores.maxCoeff()).exp();
    return exponentials / exponentials.sum();
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    require(content.size() == previous.size(),
            text(content.size()) + " weights now, but " + text(previous.size()) + " before");
    require(gate >= 0 && gate <= 1, "the gate must lie between 0 and 1, as " + std::to_string(gate) + " does not");
    return gate * content + (1 - gate) * previous;
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    const Index n_slots = weights.size(), reach = shift.size() / 2;
    require(shift.size() % 2 == 1, text(shift.size()) + " shift weights have no middle");
    require(shift.size() <= n_slots, text(shift.size()) + " steps on a ring of " + text(n_slots) + " slots");
    RowVector shifted = RowVector::Zero(n_slots);
    for (Index i = 0; i < n_slots; ++i) {
        for (Index s = -reach; s <= reach; ++s) {
            const Index from = (i - s + n_slots) % n_slots;
            shifted(i) += weights(from) * shift(reach + s);
        }
    }
    return shifted;
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    require(gamma >= 1, "sharpening needs an exponent of at least 1, not " + std::to_string(gamma));
    if (weights.size() == 0) return weights;
    require(weights.minCoeff() >= 0, "a weight is negative");
    const Scalar largest = weights.maxCoeff();
    require(largest > 0, "all weights are 0");
    // Divided by the largest first: that changes no fraction, and one power at least is 1.
    const RowVector powers = (weights.array() / largest).pow(gamma);
    return powers / powers.sum();
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    const RowVector content = content_weights(head.key, head.strength, memory);  // n_slots, like all that follow
    const RowVector gated = interpolate(content, previous, head.gate);
    const RowVector shifted = shift_weights(gated, head.shift);
    return sharpen(shifted, head.sharpening);
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    require(weights.size() == memory.rows(), text(weights.size()) + " weights for " + text(memory.rows()) + " slots");
    return weights * memory;  // d_slot
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    for (const Write& head : writes) require_fit(head, memory);
    Matrix written = memory;  // n_slots x d_slot
    for (const Write& head : writes) {
        for (Index i = 0; i < memory.rows(); ++i) written.row(i).array() *= 1 - head.weights(i) * head.erase.array();
    }
    for (const Write& head : writes) {
        for (Index i = 0; i < memory.rows(); ++i) written.row(i) += head.weights(i) * head.add;
    }
    return written;
}

}  // namespace neural_turing_machine
