// A right solution that stacks: reads and writes one over the other, keys and least used slots in one product, all
// patterns of a recall at once; logarithms of sums where there are exponentials, sums of pairs for the energy.
#include "memory_augmented_network.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>
#include <stdexcept>

namespace memory_augmented_network {

namespace {

void ensure(bool condition) {
    if (!condition) throw std::invalid_argument("these do not fit, or are out of range");
}

using Column = Eigen::Array<Scalar, Eigen::Dynamic, 1>;

Column log_sum_exp(const Matrix& scores) {
    const Column top = scores.rowwise().maxCoeff();
    return top + (scores.array().colwise() - top).exp().rowwise().sum().log();
}

Matrix softmax(const Matrix& scores) {
    const Matrix shifted = scores.array().colwise() - Column(scores.rowwise().maxCoeff());
    return (shifted.array().colwise() - log_sum_exp(shifted)).unaryExpr([](Scalar x) { return std::exp(x); });
}

Matrix unit_rows(Matrix rows) {
    for (auto row : rows.rowwise()) {
        const Scalar length = row.stableNorm();
        if (length > 0) row /= length;
    }
    return rows;
}

bool signs(const auto& numbers) { return (numbers.array().abs() == 1).all(); }

}  // namespace

Matrix cosine_weights(const Matrix& keys, const Matrix& memory) {
    ensure(keys.cols() == memory.cols());
    if (keys.rows() == 0) return Matrix(0, memory.rows());
    return softmax(unit_rows(keys) * unit_rows(memory).transpose());
}

RowVector update_usage(const RowVector& usage, Scalar decay, const Matrix& reads, const Matrix& writes) {
    ensure(reads.cols() == usage.size() && writes.cols() == usage.size());
    ensure(reads.rows() == writes.rows());
    ensure(decay >= 0 && decay <= 1);
    Matrix stack(1 + 2 * reads.rows(), usage.size());
    stack << decay * usage, reads, writes;
    return RowVector::Ones(stack.rows()) * stack;
}

RowVector least_used_slots(const RowVector& usage, Index n) {
    ensure(n >= 1);
    ensure(n <= usage.size());
    std::priority_queue<std::pair<Scalar, Index>> least;  // the most used of those on top
    for (Index i = 0; i < usage.size(); ++i) {
        least.emplace(usage(i), i);
        if (std::ssize(least) > n) least.pop();
    }
    RowVector marks = RowVector::Zero(usage.size());
    for (; !least.empty(); least.pop()) marks(least.top().second) = 1;
    return marks;
}

Matrix gate_writes(const RowVector& gates, const Matrix& reads, const RowVector& least_used) {
    ensure(gates.size() == reads.rows());
    ensure(reads.cols() == least_used.size());
    // sigma(a) = (1 + tanh(a / 2)) / 2 and 1 - sigma(a) = sigma(-a)
    const auto sigma = [](Scalar a) { return a < 0 ? std::exp(a) / (1 + std::exp(a)) : 1 / (1 + std::exp(-a)); };
    const RowVector kept = gates.unaryExpr(sigma), rest = (-gates).unaryExpr(sigma);
    return kept.asDiagonal() * reads + rest.transpose() * least_used;
}

Matrix write_memory(const Matrix& memory, const RowVector& least_used, const Matrix& writes, const Matrix& keys) {
    ensure(least_used.size() == memory.rows() && writes.cols() == memory.rows());
    ensure(writes.rows() == keys.rows());
    ensure(keys.cols() == memory.cols());
    Matrix written = (least_used.array() != 0).transpose().replicate(1, memory.cols()).select(Scalar{0}, memory);
    written.noalias() += writes.transpose() * keys;
    return written;
}

Step step(const State& state, const Control& control, Scalar decay) {
    const Index n_reads = control.keys.rows();
    ensure(state.reads.rows() == n_reads && control.gates.size() == n_reads);
    ensure(state.usage.size() == state.memory.rows() && state.reads.cols() == state.memory.rows());
    const RowVector least = least_used_slots(state.usage, n_reads);
    const Matrix writes = gate_writes(control.gates, state.reads, least);
    State next;
    next.memory = write_memory(state.memory, least, writes, control.keys);
    next.reads = cosine_weights(control.keys, next.memory);
    next.usage = update_usage(state.usage, decay, next.reads, writes);
    return {next.reads * next.memory, next};
}

Matrix hebbian_weights(const Matrix& patterns) {
    ensure(signs(patterns));
    Matrix weights = Matrix::Zero(patterns.cols(), patterns.cols());
    for (const auto& pattern : patterns.rowwise()) weights += pattern.transpose() * pattern;
    return weights - static_cast<Scalar>(patterns.rows()) * Matrix::Identity(patterns.cols(), patterns.cols());
}

Scalar hopfield_energy(const Matrix& weights, const RowVector& state) {
    ensure(weights.rows() == weights.cols() && weights.rows() == state.size());
    ensure(signs(state));
    Scalar sum = weights.trace();  // state(i)^2 = 1
    for (Index i = 0; i < state.size(); ++i)
        for (Index j = 0; j < i; ++j)
            sum += state(i) == state(j) ? weights(i, j) + weights(j, i) : -weights(i, j) - weights(j, i);
    return -sum / 2;
}

RowVector hopfield_recall(const Matrix& weights, const RowVector& state, const std::vector<int>& order) {
    ensure(weights.rows() == weights.cols());
    ensure(weights.rows() == state.size());
    ensure(signs(state));
    ensure(std::ranges::all_of(order, [&](int unit) { return 0 <= unit && unit < state.size(); }));
    return std::accumulate(order.begin(), order.end(), state, [&](RowVector now, int unit) {
        Scalar input = 0;
        for (Index j = 0; j < now.size(); ++j) input += weights(unit, j) * now(j);
        if (input != 0) now(unit) = std::copysign(Scalar{1}, input);
        return now;
    });
}

Matrix modern_recall(const Matrix& states, const Matrix& patterns, Scalar beta) {
    ensure(patterns.rows() > 0 && states.cols() == patterns.cols() && beta > 0);
    if (states.rows() == 0) return states;
    const Matrix scaled = patterns * beta;
    return softmax(states * scaled.transpose()) * patterns;
}

Scalar modern_energy(const RowVector& state, const Matrix& patterns, Scalar beta) {
    ensure(patterns.rows() > 0 && state.cols() == patterns.cols() && beta > 0);
    const Matrix scores = beta * (state * patterns.transpose());
    const Scalar count = std::log(static_cast<Scalar>(patterns.rows()));
    const Scalar longest = patterns.rowwise().squaredNorm().maxCoeff();
    return (count - log_sum_exp(scores)(0)) / beta + (state.squaredNorm() + longest) / 2;
}

}  // namespace memory_augmented_network
