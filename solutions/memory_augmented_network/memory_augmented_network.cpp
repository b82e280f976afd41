// Reference: a memory that is written where it was used least, and Hopfield networks, classic and modern.
#include "memory_augmented_network.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

namespace memory_augmented_network {

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

std::string text(Index number) { return std::to_string(number); }

void require_equal(Index found, Index due, const std::string& what) {
    require(found == due, what + ": " + text(found) + " and " + text(due));
}

/// Every row divided by its length. A row of zeros has no direction and stays as it is.
Matrix unit_rows(const Matrix& rows) {
    const RowVector lengths = rows.rowwise().norm();
    const RowVector divisors = (lengths.array() == 0).select(1, lengths);
    return divisors.cwiseInverse().asDiagonal() * rows;
}

/// Subtracting the largest of a row changes no fraction and keeps every exp at or below 1.
Matrix softmax_rows(const Matrix& scores) {
    if (scores.cols() == 0) return scores;
    const Matrix exponentials = (scores.colwise() - scores.rowwise().maxCoeff()).array().exp();
    return exponentials.array().colwise() / exponentials.rowwise().sum().array();
}

void require_signs(const Matrix& units) { require((units.array().abs() == 1).all(), "every unit is 1 or -1"); }

void require_fit(const Matrix& weights, const RowVector& state) {
    require_equal(weights.cols(), weights.rows(), "weights between units are square");
    require_equal(state.size(), weights.rows(), "units of the state and of the weights");
    require_signs(state);
}

void require_patterns(Index width, const Matrix& patterns, Scalar beta) {
    require(patterns.rows() > 0, "nothing is stored: there are no patterns");
    require_equal(width, patterns.cols(), "width of the state and of the patterns");
    require(beta > 0, "beta must be greater than 0, as " + std::to_string(beta) + " is not");
}

}  // namespace

Matrix cosine_weights(const Matrix& keys, const Matrix& memory) {
    require_equal(keys.cols(), memory.cols(), "width of the keys and of the memory");
    const Matrix similarities = unit_rows(keys) * unit_rows(memory).transpose();  // n_reads x n_slots
    return softmax_rows(similarities);
}

RowVector update_usage(const RowVector& usage, Scalar decay, const Matrix& reads, const Matrix& writes) {
    require_equal(reads.cols(), usage.size(), "slots that are read and slots that are used");
    require_equal(writes.cols(), usage.size(), "slots that are written and slots that are used");
    require_equal(writes.rows(), reads.rows(), "rows of write and of read weights");
    require(decay >= 0 && decay <= 1, "the decay must lie between 0 and 1, as " + std::to_string(decay) + " does not");
    return decay * usage + reads.colwise().sum() + writes.colwise().sum();
}

RowVector least_used_slots(const RowVector& usage, Index n) {
    require(n >= 1 && n <= usage.size(), text(n) + " least used of " + text(usage.size()) + " slots");
    std::vector<Index> slots(static_cast<std::size_t>(usage.size()));
    std::iota(slots.begin(), slots.end(), Index{0});
    std::stable_sort(slots.begin(), slots.end(), [&](Index a, Index b) { return usage(a) < usage(b); });
    RowVector least_used = RowVector::Zero(usage.size());
    for (Index place = 0; place < n; ++place) least_used(slots[static_cast<std::size_t>(place)]) = 1;
    return least_used;
}

Matrix gate_writes(const RowVector& gates, const Matrix& reads, const RowVector& least_used) {
    require_equal(gates.size(), reads.rows(), "gates and rows of read weights");
    require_equal(least_used.size(), reads.cols(), "slots of least_used and of the read weights");
    const RowVector open = 1 / (1 + (-gates.array()).exp());  // sigma: exp of a huge number is inf, and 1 / inf is 0
    const RowVector closed = 1 - open.array();
    return open.asDiagonal() * reads + closed.transpose() * least_used;
}

Matrix write_memory(const Matrix& memory, const RowVector& least_used, const Matrix& writes, const Matrix& keys) {
    require_equal(least_used.size(), memory.rows(), "slots of least_used and of the memory");
    require_equal(writes.cols(), memory.rows(), "slots of the write weights and of the memory");
    require_equal(writes.rows(), keys.rows(), "rows of write weights and keys");
    require_equal(keys.cols(), memory.cols(), "width of the keys and of the memory");
    const RowVector kept = 1 - least_used.array();
    return kept.asDiagonal() * memory + writes.transpose() * keys;
}

Step step(const State& state, const Control& control, Scalar decay) {
    const RowVector least_used = least_used_slots(state.usage, control.keys.rows());
    const Matrix writes = gate_writes(control.gates, state.reads, least_used);
    const Matrix memory = write_memory(state.memory, least_used, writes, control.keys);
    const Matrix reads = cosine_weights(control.keys, memory);  // of what has just been written, too
    const RowVector usage = update_usage(state.usage, decay, reads, writes);
    return {reads * memory, {memory, usage, reads}};
}

Matrix hebbian_weights(const Matrix& patterns) {
    require_signs(patterns);
    Matrix weights = patterns.transpose() * patterns;  // n_units x n_units
    weights.diagonal().setZero();
    return weights;
}

Scalar hopfield_energy(const Matrix& weights, const RowVector& state) {
    require_fit(weights, state);
    return -(state * weights).dot(state) / 2;
}

RowVector hopfield_recall(const Matrix& weights, const RowVector& state, const std::vector<int>& order) {
    require_fit(weights, state);
    for (const int unit : order) require(unit >= 0 && unit < state.size(), "no unit has the number " + text(unit));
    RowVector recalled = state;
    for (const int unit : order) {
        const Scalar input = weights.row(unit).dot(recalled);
        if (input != 0) recalled(unit) = input > 0 ? 1 : -1;
    }
    return recalled;
}

Matrix modern_recall(const Matrix& states, const Matrix& patterns, Scalar beta) {
    require_patterns(states.cols(), patterns, beta);
    const Matrix scores = beta * states * patterns.transpose();  // n_states x n_patterns
    return softmax_rows(scores) * patterns;
}

Scalar modern_energy(const RowVector& state, const Matrix& patterns, Scalar beta) {
    require_patterns(state.size(), patterns, beta);
    const RowVector scores = beta * state * patterns.transpose();  // n_patterns
    const Scalar largest = scores.maxCoeff();                      // taken out of the logarithm, else exp overflows
    const Scalar lse = (largest + std::log((scores.array() - largest).exp().sum())) / beta;
    const Scalar count = std::log(static_cast<Scalar>(patterns.rows())) / beta;
    const Scalar longest = patterns.rowwise().squaredNorm().maxCoeff();  // M^2
    return -lse + state.squaredNorm() / 2 + count + longest / 2;
}

}  // namespace memory_augmented_network
