// A right solution that refuses early and strictly: every function checks all its arguments before it computes; it
// also refuses what is no distribution where the header wants one, and a memory without slots.
#include "neural_turing_machine.hpp"

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace neural_turing_machine {

namespace {

struct WrongArguments : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

void agree(const char* what, Index one, Index other) {
    if (one == other) return;
    std::ostringstream text;
    text << what << " differ: " << one << " and " << other;
    throw WrongArguments(text.str());
}

void check_interval(const char* what, Scalar number, Scalar least, Scalar most) {
    if (number >= least && number <= most) return;
    std::ostringstream text;
    text << what << " is " << number << ", not from " << least << " to " << most;
    throw WrongArguments(text.str());
}

constexpr Scalar unlimited = std::numeric_limits<Scalar>::infinity();

void check_distribution(const RowVector& weights) {
    Scalar sum = 0;
    for (const Scalar weight : weights) {
        check_interval("a weight", weight, 0, 1);
        sum += weight;
    }
    check_interval("the sum of the weights", sum, Scalar(0.999), Scalar(1.001));
}

void check_key(const RowVector& key, Scalar strength, const Matrix& memory) {
    if (memory.rows() == 0) throw WrongArguments("a memory without slots");
    agree("widths of key and memory", key.size(), memory.cols());
    check_interval("the strength", strength, 0, unlimited);
}

void check_shift(const RowVector& shift, Index n_slots) {
    if (shift.size() % 2 != 1) throw WrongArguments("a shift has a middle");
    if (shift.size() > n_slots) throw WrongArguments("more steps than slots");
    check_distribution(shift);
}

void check_gate(Index one, Index other, Scalar gate) {
    agree("numbers of weights", one, other);
    check_interval("the gate", gate, 0, 1);
}

}  // namespace

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    check_key(key, strength, memory);
    // Key and slots over their own lengths, then one product.
    const Scalar length = key.norm();
    const RowVector direction = length > 0 ? RowVector(key / length) : key;
    Matrix directions = memory;
    for (Index i = 0; i < memory.rows(); ++i) {
        const Scalar slot = memory.row(i).norm();
        if (slot > 0) directions.row(i) /= slot;
    }
    const RowVector scores = direction * directions.transpose() * strength;
    // The largest weight last, as what the others leave over.
    Index best = 0;
    const Scalar top = scores.maxCoeff(&best);
    RowVector shares(scores.size());
    Scalar rest = 0;
    for (Index i = 0; i < scores.size(); ++i) {
        shares(i) = i == best ? 0 : std::exp(scores(i) - top);
        rest += shares(i);
    }
    shares(best) = 1;
    return shares / (1 + rest);
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    check_gate(content.size(), previous.size(), gate);
    check_distribution(content);
    check_distribution(previous);
    RowVector mixed(content.size());
    for (Index i = 0; i < mixed.size(); ++i) mixed(i) = std::fma(gate, content(i), (1 - gate) * previous(i));
    return mixed;
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    check_shift(shift, weights.size());
    check_distribution(weights);
    // The ring, cut open and laid out three times.
    const Index n = weights.size(), reach = (shift.size() - 1) / 2;
    const RowVector line = weights.replicate(1, 3);
    RowVector shifted(n);
    for (Index i = 0; i < n; ++i)
        shifted(i) = line.segment(n + i - reach, shift.size()).reverse().cwiseProduct(shift).sum();
    return shifted;
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    check_interval("gamma", gamma, 1, unlimited);
    if (weights.size() == 0) throw WrongArguments("no weights");
    for (const Scalar weight : weights) check_interval("a weight", weight, 0, unlimited);
    const Scalar largest = weights.maxCoeff();
    if (largest == 0) throw WrongArguments("no weight at all");
    RowVector powers(weights.size());
    for (Index i = 0; i < powers.size(); ++i) powers(i) = std::exp(gamma * std::log(weights(i) / largest));
    return powers * (1 / powers.sum());
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    check_key(head.key, head.strength, memory);
    check_gate(memory.rows(), previous.size(), head.gate);
    check_shift(head.shift, memory.rows());
    check_interval("gamma", head.sharpening, 1, unlimited);
    check_distribution(previous);
    RowVector weights = interpolate(content_weights(head.key, head.strength, memory), previous, head.gate);
    weights = shift_weights(weights, head.shift);
    return sharpen(weights, head.sharpening);
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    agree("numbers of weights and slots", weights.size(), memory.rows());
    return (memory.array().colwise() * weights.transpose().array()).colwise().sum();
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    for (const auto& [weights, erase, add] : writes) {
        agree("numbers of weights and slots", weights.size(), memory.rows());
        agree("widths of erase and memory", erase.size(), memory.cols());
        agree("widths of add and memory", add.size(), memory.cols());
        for (const Scalar each : erase) check_interval("erase", each, 0, 1);
        check_distribution(weights);
    }
    Matrix kept = Matrix::Ones(memory.rows(), memory.cols()), added = Matrix::Zero(memory.rows(), memory.cols());
    for (const auto& [weights, erase, add] : writes) {
        for (Index i = 0; i < memory.rows(); ++i) {
            kept.row(i).array() *= 1 - weights(i) * erase.array();
            added.row(i) += add * weights(i);
        }
    }
    return (memory.array() * kept.array()).matrix() + added;
}

}  // namespace neural_turing_machine
