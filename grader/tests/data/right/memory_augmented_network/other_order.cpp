// A right solution in another order of work: ranks instead of a sort, tanh for the logistic function, differences
// instead of two shares, pairs instead of squares, a running maximum.
#include "memory_augmented_network.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace memory_augmented_network {

static void same(Index one, Index other) {
    if (one != other) throw std::invalid_argument("two sizes that should be equal are not");
}

/// Length 1, or 0 for the row that has no direction.
static RowVector direction(const RowVector& row) {
    const Scalar largest = row.size() == 0 ? 0 : row.cwiseAbs().maxCoeff();
    if (largest == 0) return row;
    const RowVector scaled = row / largest;
    return scaled / std::sqrt(scaled.dot(scaled));
}

Matrix cosine_weights(const Matrix& keys, const Matrix& memory) {
    same(keys.cols(), memory.cols());
    Matrix weights(keys.rows(), memory.rows());
    for (Index i = 0; i < memory.rows(); ++i) {
        const RowVector slot = direction(memory.row(i));
        for (Index r = 0; r < keys.rows(); ++r)
            weights(r, i) = std::exp2(slot.dot(direction(keys.row(r))) / std::log(Scalar{2}));
    }
    for (Index r = 0; r < keys.rows(); ++r) weights.row(r) /= weights.row(r).sum();
    return weights;
}

RowVector update_usage(const RowVector& usage, Scalar decay, const Matrix& reads, const Matrix& writes) {
    same(reads.rows(), writes.rows());
    same(reads.cols(), writes.cols());
    same(usage.size(), writes.cols());
    if (decay < 0 || decay > 1) throw std::invalid_argument("this does not fade");
    const Matrix both = reads + writes;
    return RowVector::Ones(both.rows()) * both + decay * usage;
}

RowVector least_used_slots(const RowVector& usage, Index n) {
    if (n <= 0 || usage.size() < n) throw std::invalid_argument("there are not so many");
    RowVector marked(usage.size());
    for (Index i = 0; i < usage.size(); ++i) {
        Index before = 0;  // slots that are used less
        for (Index j = 0; j < usage.size(); ++j) before += usage(j) < usage(i) || (usage(j) == usage(i) && j < i);
        marked(i) = before < n ? 1 : 0;
    }
    return marked;
}

Matrix gate_writes(const RowVector& gates, const Matrix& reads, const RowVector& least_used) {
    same(gates.size(), reads.rows());
    same(reads.cols(), least_used.size());
    Matrix writes(reads.rows(), reads.cols());
    for (Index r = 0; r < reads.rows(); ++r) {
        const Scalar open = (1 + std::tanh(gates(r) / 2)) / 2;
        writes.row(r) = least_used + open * (reads.row(r) - least_used);
    }
    return writes;
}

Matrix write_memory(const Matrix& memory, const RowVector& least_used, const Matrix& writes, const Matrix& keys) {
    same(memory.rows(), least_used.size());
    same(memory.rows(), writes.cols());
    same(memory.cols(), keys.cols());
    same(keys.rows(), writes.rows());
    Matrix written = (least_used.array() > 0)
                         .transpose()
                         .replicate(1, memory.cols())
                         .select(Matrix::Zero(memory.rows(), memory.cols()), memory);
    for (Index r = keys.rows() - 1; r >= 0; --r) written.noalias() += writes.row(r).transpose() * keys.row(r);
    return written;
}

Step step(const State& state, const Control& control, Scalar decay) {
    const Index n_slots = state.memory.rows(), n_reads = control.keys.rows();
    same(state.usage.size(), n_slots);
    same(state.reads.cols(), n_slots);
    same(state.reads.rows(), n_reads);
    same(control.gates.size(), n_reads);
    same(control.keys.cols(), state.memory.cols());
    const RowVector least_used = least_used_slots(state.usage, n_reads);
    const Matrix writes = gate_writes(control.gates, state.reads, least_used);
    Step next;
    next.state = {write_memory(state.memory, least_used, writes, control.keys), {}, {}};
    next.state.reads = cosine_weights(control.keys, next.state.memory);
    next.state.usage = update_usage(state.usage, decay, next.state.reads, writes);
    next.read = (next.state.memory.transpose() * next.state.reads.transpose()).transpose();
    return next;
}

static bool is_sign(Scalar number) { return number == 1 || number == -1; }

Matrix hebbian_weights(const Matrix& patterns) {
    if (!std::all_of(patterns.data(), patterns.data() + patterns.size(), is_sign))
        throw std::invalid_argument("no sign");
    Matrix weights = Matrix::Identity(patterns.cols(), patterns.cols()) * -static_cast<Scalar>(patterns.rows());
    for (Index p = 0; p < patterns.rows(); ++p) weights += patterns.row(p).transpose() * patterns.row(p);
    return weights;
}

static void of_one_network(const Matrix& weights, const RowVector& state) {
    same(weights.rows(), weights.cols());
    same(weights.rows(), state.size());
    if (!std::all_of(state.data(), state.data() + state.size(), is_sign)) throw std::invalid_argument("no sign");
}

Scalar hopfield_energy(const Matrix& weights, const RowVector& state) {
    of_one_network(weights, state);
    const Matrix mean = (weights + weights.transpose()) / 2;
    Scalar pairs = 0;
    for (Index i = 0; i < state.size(); ++i)
        for (Index j = i + 1; j < state.size(); ++j) pairs += state(i) == state(j) ? mean(i, j) : -mean(i, j);
    return -pairs - mean.trace() / 2;
}

RowVector hopfield_recall(const Matrix& weights, const RowVector& state, const std::vector<int>& order) {
    of_one_network(weights, state);
    if (std::any_of(order.begin(), order.end(), [&](int unit) { return unit < 0 || unit >= state.size(); }))
        throw std::invalid_argument("who is that?");
    RowVector now = state, inputs = state * weights.transpose();  // kept up to date
    for (const int unit : order) {
        const Scalar before = now(unit);
        now(unit) = inputs(unit) == 0 ? before : std::copysign(Scalar{1}, inputs(unit));
        if (now(unit) != before) inputs += (now(unit) - before) * weights.col(unit).transpose();
    }
    return now;
}

Matrix modern_recall(const Matrix& states, const Matrix& patterns, Scalar beta) {
    if (patterns.rows() == 0 || !(beta > 0)) throw std::invalid_argument("nothing to recall");
    same(states.cols(), patterns.cols());
    Matrix recalled(states.rows(), states.cols());
    for (Index s = 0; s < states.rows(); ++s) {
        // One pass: what was mixed so far shrinks whenever a larger score comes.
        RowVector sum = patterns.row(0);
        Scalar most = beta * states.row(s).dot(patterns.row(0)), shares = 1;
        for (Index p = 1; p < patterns.rows(); ++p) {
            const Scalar score = beta * states.row(s).dot(patterns.row(p)), larger = std::max(most, score);
            sum = std::exp(most - larger) * sum + std::exp(score - larger) * patterns.row(p);
            shares = std::exp(most - larger) * shares + std::exp(score - larger);
            most = larger;
        }
        recalled.row(s) = sum / shares;
    }
    return recalled;
}

Scalar modern_energy(const RowVector& state, const Matrix& patterns, Scalar beta) {
    if (patterns.rows() == 0 || !(beta > 0)) throw std::invalid_argument("no energy");
    same(state.size(), patterns.cols());
    std::vector<Scalar> scores;
    Scalar longest = 0;
    for (Index p = patterns.rows() - 1; p >= 0; --p) {
        scores.push_back(patterns.row(p).dot(state));
        longest = std::max(longest, patterns.row(p).norm());
    }
    const Scalar most = *std::max_element(scores.begin(), scores.end());
    Scalar mean = 0;
    for (const Scalar score : scores) mean += std::exp(beta * (score - most)) / static_cast<Scalar>(scores.size());
    return (state.dot(state) + longest * longest) / 2 - most - std::log(mean) / beta;
}

}  // namespace memory_augmented_network
