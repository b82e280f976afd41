// A right solution in Eigen's expressions, without a loop where there is one for it; it checks everything first.
#include "memory_augmented_network.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace memory_augmented_network {

namespace {

using Column = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

void all_true(std::initializer_list<bool> conditions) {
    if (!std::all_of(conditions.begin(), conditions.end(), [](bool each) { return each; }))
        throw std::invalid_argument("arguments that do not fit");
}

Matrix soft(Matrix scores) {
    const Column most = scores.rowwise().maxCoeff();
    scores = (scores - most.replicate(1, scores.cols())).array().exp();
    const Column sums = scores.rowwise().sum();
    return sums.asDiagonal().inverse() * scores;
}

bool has_signs(const Matrix& units) { return units.cwiseProduct(units).cwiseEqual(1).all() && units.size() >= 0; }

}  // namespace

Matrix cosine_weights(const Matrix& keys, const Matrix& memory) {
    all_true({keys.cols() == memory.cols()});
    // stableNormalized leaves a row of zeros as it is.
    Matrix directions = keys, slots = memory;
    for (Index r = 0; r < keys.rows(); ++r) directions.row(r) = keys.row(r).stableNormalized();
    for (Index i = 0; i < memory.rows(); ++i) slots.row(i) = memory.row(i).stableNormalized();
    return soft(directions * slots.transpose());
}

RowVector update_usage(const RowVector& usage, Scalar decay, const Matrix& reads, const Matrix& writes) {
    all_true({reads.cols() == usage.size(), writes.cols() == usage.size(), reads.rows() == writes.rows(), decay >= 0,
              decay <= 1});
    return usage * decay + (reads + writes).colwise().sum();
}

RowVector least_used_slots(const RowVector& usage, Index n) {
    all_true({n > 0, n <= usage.size()});
    RowVector rest = usage, marked = RowVector::Zero(usage.size());
    for (Index left = n; left > 0; --left) {
        Index least = 0;
        rest.minCoeff(&least);  // the first of those that are equal
        marked(least) = 1;
        rest(least) = std::numeric_limits<Scalar>::infinity();
    }
    return marked;
}

Matrix gate_writes(const RowVector& gates, const Matrix& reads, const RowVector& least_used) {
    all_true({gates.size() == reads.rows(), reads.cols() == least_used.size()});
    // A share of exp(-|a|) never overflows, whatever the sign of a.
    const Column small = (-gates.array().abs()).exp() / (1 + (-gates.array().abs()).exp());
    const Column closed = (gates.array() >= 0).transpose().select(small, 1 - small.array());
    const Matrix towards = least_used.replicate(reads.rows(), 1) - reads;
    return reads + closed.asDiagonal() * towards;
}

Matrix write_memory(const Matrix& memory, const RowVector& least_used, const Matrix& writes, const Matrix& keys) {
    all_true({least_used.size() == memory.rows(), writes.cols() == memory.rows(), writes.rows() == keys.rows(),
              keys.cols() == memory.cols()});
    const Matrix old = least_used.asDiagonal() * memory;
    return memory - old + (keys.transpose() * writes).transpose();
}

Step step(const State& state, const Control& control, Scalar decay) {
    all_true({state.memory.cols() == control.keys.cols(), state.usage.size() == state.memory.rows(),
              state.reads.cols() == state.memory.rows(), state.reads.rows() == control.keys.rows(),
              control.gates.size() == control.keys.rows(), decay >= 0, decay <= 1});
    const RowVector marks = least_used_slots(state.usage, control.gates.size());
    const Matrix writes = gate_writes(control.gates, state.reads, marks);
    State next{write_memory(state.memory, marks, writes, control.keys), {}, {}};
    next.reads = cosine_weights(control.keys, next.memory);
    next.usage = update_usage(state.usage, decay, next.reads, writes);
    const Matrix read = next.reads * next.memory;
    return {read, next};
}

Matrix hebbian_weights(const Matrix& patterns) {
    all_true({has_signs(patterns)});
    const Matrix all = patterns.transpose() * patterns;
    const Matrix lower = all.triangularView<Eigen::StrictlyLower>();
    return lower + lower.transpose();
}

Scalar hopfield_energy(const Matrix& weights, const RowVector& state) {
    all_true({weights.rows() == weights.cols(), weights.rows() == state.size(), has_signs(state)});
    return -weights.cwiseProduct(state.transpose() * state).sum() / 2;
}

RowVector hopfield_recall(const Matrix& weights, const RowVector& state, const std::vector<int>& order) {
    all_true({weights.rows() == weights.cols(), weights.rows() == state.size(), has_signs(state)});
    for (const int unit : order) all_true({unit >= 0, unit < state.size()});
    return std::accumulate(order.begin(), order.end(), state, [&](RowVector now, int unit) {
        const Scalar input = now * weights.row(unit).transpose();
        now(unit) = input == 0 ? now(unit) : (input > 0) - (input < 0);
        return now;
    });
}

Matrix modern_recall(const Matrix& states, const Matrix& patterns, Scalar beta) {
    all_true({patterns.rows() >= 1, states.cols() == patterns.cols(), beta > 0});
    return soft(states * (beta * patterns).transpose()) * patterns;
}

Scalar modern_energy(const RowVector& state, const Matrix& patterns, Scalar beta) {
    all_true({patterns.rows() >= 1, state.size() == patterns.cols(), beta > 0});
    const Column products = patterns * state.transpose();
    const Scalar most = products.maxCoeff(), longest = patterns.rowwise().squaredNorm().maxCoeff();
    const Scalar spread = std::log(((products.array() - most) * beta).exp().mean()) / beta;
    return (state.squaredNorm() + longest) / 2 - most - spread;
}

}  // namespace memory_augmented_network
