// A right solution in plain loops: one number after the other, as the formulas are read aloud.
#include "neural_turing_machine.hpp"

#include <cmath>
#include <stdexcept>

namespace neural_turing_machine {

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    Index n = memory.rows(), d = memory.cols();
    if (key.cols() != d) throw std::invalid_argument("key and memory have different widths");
    if (strength < 0) throw std::invalid_argument("negative strength");
    RowVector score(n);
    Scalar best = 0;
    for (Index i = 0; i < n; i++) {
        Scalar product = 0, key_square = 0, slot_square = 0;
        for (Index j = 0; j < d; j++) {
            product += key(j) * memory(i, j);
            key_square += key(j) * key(j);
            slot_square += memory(i, j) * memory(i, j);
        }
        if (key_square == 0 || slot_square == 0) {
            score(i) = 0;
        } else {
            score(i) = strength * product / (std::sqrt(key_square) * std::sqrt(slot_square));
        }
        if (i == 0 || score(i) > best) best = score(i);
    }
    Scalar sum = 0;
    for (Index i = 0; i < n; i++) {
        score(i) = std::exp(score(i) - best);
        sum += score(i);
    }
    for (Index i = 0; i < n; i++) score(i) /= sum;
    return score;
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    if (content.cols() != previous.cols()) throw std::invalid_argument("different numbers of slots");
    if (gate < 0 || gate > 1) throw std::invalid_argument("gate not between 0 and 1");
    RowVector result(content.cols());
    for (Index i = 0; i < content.cols(); i++) result(i) = gate * content(i) + (1 - gate) * previous(i);
    return result;
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    Index n = weights.cols(), length = shift.cols();
    if (length % 2 == 0) throw std::invalid_argument("even number of shifts");
    if (length > n) throw std::invalid_argument("more shifts than slots");
    RowVector result(n);
    for (Index i = 0; i < n; i++) {
        result(i) = 0;
        for (Index k = 0; k < length; k++) {
            Index source = i - (k - length / 2);
            if (source < 0) source += n;
            if (source >= n) source -= n;
            result(i) += weights(source) * shift(k);
        }
    }
    return result;
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    if (gamma < 1) throw std::invalid_argument("gamma below 1");
    Scalar largest = 0;
    for (Index i = 0; i < weights.cols(); i++) {
        if (weights(i) < 0) throw std::invalid_argument("negative weight");
        if (weights(i) > largest) largest = weights(i);
    }
    if (largest == 0) throw std::invalid_argument("no weight at all");
    RowVector result(weights.cols());
    Scalar sum = 0;
    for (Index i = 0; i < weights.cols(); i++) {
        result(i) = std::pow(weights(i) / largest, gamma);
        sum += result(i);
    }
    for (Index i = 0; i < weights.cols(); i++) result(i) /= sum;
    return result;
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    RowVector weights = content_weights(head.key, head.strength, memory);
    weights = interpolate(weights, previous, head.gate);
    weights = shift_weights(weights, head.shift);
    weights = sharpen(weights, head.sharpening);
    return weights;
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    if (memory.rows() != weights.cols()) throw std::invalid_argument("one weight a slot, please");
    RowVector result(memory.cols());
    for (Index j = 0; j < memory.cols(); j++) {
        result(j) = 0;
        for (Index i = 0; i < memory.rows(); i++) result(j) += weights(i) * memory(i, j);
    }
    return result;
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    for (std::size_t h = 0; h < writes.size(); h++) {
        if (writes[h].weights.cols() != memory.rows()) throw std::invalid_argument("one weight a slot, please");
        if (writes[h].erase.cols() != memory.cols()) throw std::invalid_argument("erase has the wrong width");
        if (writes[h].add.cols() != memory.cols()) throw std::invalid_argument("add has the wrong width");
        for (Index j = 0; j < memory.cols(); j++) {
            if (writes[h].erase(j) < 0 || writes[h].erase(j) > 1) throw std::invalid_argument("erase not in 0 to 1");
        }
    }
    Matrix result(memory.rows(), memory.cols());
    for (Index i = 0; i < memory.rows(); i++) {
        for (Index j = 0; j < memory.cols(); j++) {
            Scalar value = memory(i, j);
            for (std::size_t h = 0; h < writes.size(); h++) value *= 1 - writes[h].weights(i) * writes[h].erase(j);
            for (std::size_t h = 0; h < writes.size(); h++) value += writes[h].weights(i) * writes[h].add(j);
            result(i, j) = value;
        }
    }
    return result;
}

}  // namespace neural_turing_machine
