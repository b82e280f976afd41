// A right solution in plain loops, number by number.
#include "memory_augmented_network.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace memory_augmented_network {

static void check(bool fine) {
    if (!fine) throw std::invalid_argument("these do not fit");
}

static Scalar product(const Matrix& a, Index i, const Matrix& b, Index j) {
    Scalar sum = 0;
    for (Index k = 0; k < a.cols(); ++k) sum += a(i, k) * b(j, k);
    return sum;
}

/// Each row of scores becomes a distribution.
static void softmax(Matrix& scores) {
    for (Index i = 0; i < scores.rows(); ++i) {
        Scalar most = scores(i, 0), sum = 0;
        for (Index j = 1; j < scores.cols(); ++j)
            if (scores(i, j) > most) most = scores(i, j);
        for (Index j = 0; j < scores.cols(); ++j) sum += scores(i, j) = std::exp(scores(i, j) - most);
        for (Index j = 0; j < scores.cols(); ++j) scores(i, j) /= sum;
    }
}

static Matrix mixed(const Matrix& weights, const Matrix& rows) {
    Matrix result = Matrix::Zero(weights.rows(), rows.cols());
    for (Index i = 0; i < weights.rows(); ++i)
        for (Index k = 0; k < rows.rows(); ++k)
            for (Index j = 0; j < rows.cols(); ++j) result(i, j) += weights(i, k) * rows(k, j);
    return result;
}

Matrix cosine_weights(const Matrix& keys, const Matrix& memory) {
    check(keys.cols() == memory.cols());
    Matrix weights(keys.rows(), memory.rows());
    std::vector<Scalar> lengths;
    for (Index i = 0; i < memory.rows(); ++i) lengths.push_back(std::sqrt(product(memory, i, memory, i)));
    for (Index r = 0; r < keys.rows(); ++r) {
        const Scalar length = std::sqrt(product(keys, r, keys, r));
        for (Index i = 0; i < memory.rows(); ++i) {
            const Scalar both = length * lengths[static_cast<std::size_t>(i)];
            weights(r, i) = both > 0 ? product(keys, r, memory, i) / both : 0;
        }
    }
    softmax(weights);
    return weights;
}

RowVector update_usage(const RowVector& usage, Scalar decay, const Matrix& reads, const Matrix& writes) {
    check(decay >= 0 && decay <= 1);
    check(reads.rows() == writes.rows() && reads.cols() == usage.size() && writes.cols() == usage.size());
    RowVector updated = usage;
    for (Index i = 0; i < usage.size(); ++i) {
        updated(i) *= decay;
        for (Index r = 0; r < reads.rows(); ++r) updated(i) += reads(r, i) + writes(r, i);
    }
    return updated;
}

RowVector least_used_slots(const RowVector& usage, Index n) {
    check(n > 0 && n <= usage.size());
    RowVector marked = RowVector::Zero(usage.size());
    for (Index round = 0; round < n; ++round) {
        Index best = -1;
        for (Index i = 0; i < usage.size(); ++i)
            if (marked(i) == 0 && (best < 0 || usage(i) < usage(best))) best = i;
        marked(best) = 1;
    }
    return marked;
}

Matrix gate_writes(const RowVector& gates, const Matrix& reads, const RowVector& least_used) {
    check(gates.size() == reads.rows() && reads.cols() == least_used.size());
    Matrix writes(reads.rows(), reads.cols());
    for (Index r = 0; r < reads.rows(); ++r) {
        const Scalar open = 1 / (1 + std::exp(-gates(r)));
        for (Index i = 0; i < reads.cols(); ++i) writes(r, i) = open * reads(r, i) + (1 - open) * least_used(i);
    }
    return writes;
}

Matrix write_memory(const Matrix& memory, const RowVector& least_used, const Matrix& writes, const Matrix& keys) {
    check(least_used.size() == memory.rows() && writes.cols() == memory.rows());
    check(writes.rows() == keys.rows() && keys.cols() == memory.cols());
    Matrix written = memory;
    for (Index i = 0; i < memory.rows(); ++i) {
        for (Index j = 0; j < memory.cols(); ++j) {
            if (least_used(i) == 1) written(i, j) = 0;
            for (Index r = 0; r < keys.rows(); ++r) written(i, j) += writes(r, i) * keys(r, j);
        }
    }
    return written;
}

Step step(const State& state, const Control& control, Scalar decay) {
    Step result;
    const RowVector least_used = least_used_slots(state.usage, control.keys.rows());
    const Matrix writes = gate_writes(control.gates, state.reads, least_used);
    result.state.memory = write_memory(state.memory, least_used, writes, control.keys);
    result.state.reads = cosine_weights(control.keys, result.state.memory);
    result.state.usage = update_usage(state.usage, decay, result.state.reads, writes);
    result.read = mixed(result.state.reads, result.state.memory);
    return result;
}

Matrix hebbian_weights(const Matrix& patterns) {
    const Index n = patterns.cols();
    Matrix weights = Matrix::Zero(n, n);
    for (Index p = 0; p < patterns.rows(); ++p) {
        for (Index i = 0; i < n; ++i) check(patterns(p, i) == 1 || patterns(p, i) == -1);
        for (Index i = 0; i < n; ++i)
            for (Index j = 0; j < n; ++j)
                if (i != j) weights(i, j) += patterns(p, i) * patterns(p, j);
    }
    return weights;
}

static void check_network(const Matrix& weights, const RowVector& state) {
    check(weights.rows() == weights.cols() && weights.rows() == state.size());
    for (Index i = 0; i < state.size(); ++i) check(state(i) == 1 || state(i) == -1);
}

Scalar hopfield_energy(const Matrix& weights, const RowVector& state) {
    check_network(weights, state);
    Scalar energy = 0;
    for (Index i = 0; i < state.size(); ++i)
        for (Index j = 0; j < state.size(); ++j) energy -= weights(i, j) * state(i) * state(j) / 2;
    return energy;
}

RowVector hopfield_recall(const Matrix& weights, const RowVector& state, const std::vector<int>& order) {
    check_network(weights, state);
    for (std::size_t turn = 0; turn < order.size(); ++turn) check(order[turn] >= 0 && order[turn] < state.size());
    RowVector now = state;
    for (std::size_t turn = 0; turn < order.size(); ++turn) {
        const Index i = order[turn];
        Scalar input = 0;
        for (Index j = 0; j < now.size(); ++j) input += weights(i, j) * now(j);
        if (input > 0) now(i) = 1;
        if (input < 0) now(i) = -1;
    }
    return now;
}

Matrix modern_recall(const Matrix& states, const Matrix& patterns, Scalar beta) {
    check(patterns.rows() > 0 && states.cols() == patterns.cols() && beta > 0);
    Matrix weights(states.rows(), patterns.rows());
    for (Index s = 0; s < states.rows(); ++s)
        for (Index p = 0; p < patterns.rows(); ++p) weights(s, p) = beta * product(states, s, patterns, p);
    softmax(weights);
    return mixed(weights, patterns);
}

Scalar modern_energy(const RowVector& state, const Matrix& patterns, Scalar beta) {
    check(patterns.rows() > 0 && state.size() == patterns.cols() && beta > 0);
    Scalar most = 0, sum = 0, longest = 0;
    for (Index p = 0; p < patterns.rows(); ++p) {
        const Scalar score = product(state, 0, patterns, p);
        if (p == 0 || score > most) most = score;
        if (product(patterns, p, patterns, p) > longest) longest = product(patterns, p, patterns, p);
    }
    for (Index p = 0; p < patterns.rows(); ++p) sum += std::exp(beta * (product(state, 0, patterns, p) - most));
    const Scalar count = static_cast<Scalar>(patterns.rows());
    return -most - std::log(sum / count) / beta + (product(state, 0, state, 0) + longest) / 2;
}

}  // namespace memory_augmented_network
