// Generated cases of `memory_augmented_network`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_MEMORY_AUGMENTED_NETWORK_CASES_HPP
#define QKV_MEMORY_AUGMENTED_NETWORK_CASES_HPP

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "memory_augmented_network.hpp"
#include "testing/cases.hpp"

namespace memory_augmented_network::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// From 0 to count - 1. It is made of a value and not of a size, so that long memories are used to their ends.
inline Index index(Case& drawn, Index count) {
    return std::min(static_cast<Index>(std::abs(drawn.number()) / 2 * static_cast<Scalar>(count)), count - 1);
}

/// Zeros and ones.
inline RowVector ones(Case& drawn, Index n) {
    RowVector result(n);
    for (Index i = 0; i < n; ++i) result(i) = drawn.flag() ? 0 : 1;
    return result;
}

/// Entries 1 and -1.
inline Matrix signs(Case& drawn, Index rows, Index columns) {
    Matrix result(rows, columns);
    for (Index i = 0; i < result.size(); ++i) result.data()[i] = drawn.number() < 0 ? -1 : 1;
    return result;
}

inline auto cosine_weights(Case& drawn) {
    const Index n_reads = drawn.side(), n_slots = drawn.side(), d_slot = drawn.side(), kind = drawn.one_of(8);
    Matrix keys = drawn.matrix(n_reads, d_slot), memory = drawn.matrix(n_slots, d_slot);
    if (d_slot == 1 && n_slots > 1) memory(0, 0) = -memory(n_slots - 1, 0);  // not all on the same side
    if (kind == 1) keys.row(index(drawn, n_reads)).setZero();
    if (kind == 2) memory.row(index(drawn, n_slots)).setZero();
    if (kind == 3) memory.setZero();
    if (kind == 4 && in_double) keys *= two_to(-200), memory *= two_to(-200);
    if (kind == 5 && in_double) {
        for (Index i = 0; i < n_slots; ++i) memory.row(i) *= two_to(i % 2 == 0 ? 200 : -200);
    }
    if (kind == 6 && in_double) keys *= two_to(-14), memory *= two_to(-14);  // where an epsilon is still small
    return std::tuple{keys, memory};
}

/// A decay: between, none, or nothing left.
inline Scalar decay(Case& drawn, Index kind) {
    const Scalar between = drawn.magnitude() / 2;
    return kind == 2 ? 0 : kind == 3 ? 1 : between;
}

inline auto update_usage(Case& drawn) {
    const Index n_reads = drawn.side(), n_slots = drawn.side(), kind = drawn.one_of(4);
    const RowVector usage = drawn.row(n_slots).array() + 2;
    const Matrix reads = drawn.matrix(n_reads, n_slots), writes = drawn.matrix(n_reads, n_slots);
    return std::tuple{usage, decay(drawn, kind), reads, writes};
}

/// Usages that all differ, that are equal in part, or all; and some that digits beyond float tell apart.
inline RowVector usages(Case& drawn, Index n_slots, Index kind) {
    RowVector usage = drawn.row(n_slots);
    if (kind == 1) usage = (2 * usage).array().round();
    if (kind == 2) usage.setZero();
    if (kind == 3 && in_double) usage = 1 + usage.array() * two_to(-30);
    if (kind == 4) usage = usage.array().abs();
    return usage;
}

/// From 1 to n_slots: both ends, or any.
inline Index marked(Case& drawn, Index n_slots, Index kind) {
    const Index any = 1 + index(drawn, n_slots);
    return kind == 0 ? 1 : kind == 1 ? n_slots : any;
}

inline auto least_used_slots(Case& drawn) {
    const Index n_slots = drawn.side(), kind = drawn.one_of(5), how_many = drawn.one_of(4);
    const RowVector usage = usages(drawn, n_slots, kind);
    return std::tuple{usage, marked(drawn, n_slots, how_many)};
}

/// Gates: ordinary, all 0, or so large that exp overflows.
inline RowVector gates(Case& drawn, Index n_reads, Index kind) {
    const RowVector ordinary = 2 * drawn.row(n_reads);
    return kind == 1 ? RowVector(RowVector::Zero(n_reads)) : kind == 2 ? RowVector(512 * ordinary) : ordinary;
}

inline auto gate_writes(Case& drawn) {
    const Index n_reads = drawn.side(), n_slots = drawn.side(), kind = drawn.one_of(4);
    const RowVector alpha = gates(drawn, n_reads, kind);
    const Matrix reads = drawn.matrix(n_reads, n_slots);
    return std::tuple{alpha, reads, ones(drawn, n_slots)};
}

inline auto write_memory(Case& drawn) {
    const Index n_slots = drawn.side(), n_reads = drawn.side(), d_slot = drawn.side(), kind = drawn.one_of(4);
    const Matrix memory = drawn.matrix(n_slots, d_slot), writes = drawn.matrix(n_reads, n_slots);
    const Matrix keys = drawn.matrix(n_reads, d_slot);
    RowVector least_used = ones(drawn, n_slots);
    if (kind == 1) least_used.setZero();
    if (kind == 2) least_used.setOnes();
    return std::tuple{memory, least_used, writes, keys};
}

inline auto step(Case& drawn) {
    const Index n_slots = drawn.side(), d_slot = drawn.side(), how_many = drawn.one_of(4), used = drawn.one_of(5);
    const Index opened = drawn.one_of(4), fading = drawn.one_of(4), n_reads = marked(drawn, n_slots, how_many);
    const Matrix memory = drawn.matrix(n_slots, d_slot), keys = drawn.matrix(n_reads, d_slot);
    const RowVector usage = usages(drawn, n_slots, used);
    const Matrix reads = drawn.matrix(n_reads, n_slots).array().abs() / static_cast<Scalar>(n_slots);
    const Control control{keys, gates(drawn, n_reads, opened)};
    return std::tuple{State{memory, usage, reads}, control, decay(drawn, fading)};
}

inline auto hebbian_weights(Case& drawn) {
    const Index n_patterns = drawn.side(0), n_units = drawn.side();
    return std::tuple{signs(drawn, n_patterns, n_units)};
}

/// Couplings whose sums are exact, so that an input of 0 is exactly 0, and often met: of stored patterns, symmetric
/// with a diagonal, not symmetric, or none.
inline Matrix couplings(Case& drawn, Index n_units, Index kind) {
    if (kind == 0 || kind == 1) {
        const Matrix patterns = signs(drawn, kind + 1, n_units);
        Matrix weights = patterns.transpose() * patterns;
        weights.diagonal().setZero();
        return weights;
    }
    const Matrix weights = (2 * drawn.simple_matrix(n_units, n_units)).array().round() / 2;
    return kind == 2 ? Matrix(weights + weights.transpose()) : kind == 3 ? Matrix(0 * weights) : weights;
}

inline auto hopfield_energy(Case& drawn) {
    const Index n_units = drawn.side(), kind = drawn.one_of(6);
    const Matrix weights = kind == 5 ? drawn.matrix(n_units, n_units) : couplings(drawn, n_units, kind);
    return std::tuple{weights, RowVector(signs(drawn, 1, n_units))};
}

/// All units in their order, backwards, or any of them, some several times.
inline std::vector<int> order_of(Case& drawn, Index n_units, Index length, Index kind) {
    std::vector<int> order;
    const Index count = kind <= 1 ? n_units : length;
    for (Index turn = 0; turn < count; ++turn)
        order.push_back(static_cast<int>(kind == 0 ? turn : kind == 1 ? n_units - 1 - turn : index(drawn, n_units)));
    return order;
}

inline auto hopfield_recall(Case& drawn) {
    const Index n_units = drawn.side(), length = drawn.side(0), kind = drawn.one_of(5), turns = drawn.one_of(4);
    const Matrix weights = couplings(drawn, n_units, kind);
    const RowVector state = signs(drawn, 1, n_units);
    return std::tuple{weights, state, order_of(drawn, n_units, length, turns)};
}

/// A beta: any, that of attention, small, or so large that exp overflows.
inline Scalar beta(Case& drawn, Index d, Index kind) {
    const Scalar any = Scalar(0.125) + 2 * drawn.magnitude();
    if (kind == 1) return 1 / std::sqrt(static_cast<Scalar>(d));
    if (kind == 2) return any * two_to(-10);
    return kind == 3 && in_double ? 512 * any : any;
}

/// Patterns, and states of them: any, that of which all point away, close together, equal in part, or of all lengths.
inline auto modern(Case& drawn, Index n_states, Index n_patterns, Index d, Index kind) {
    Matrix states = drawn.matrix(n_states, d), patterns = drawn.matrix(n_patterns, d);
    if (kind == 1 || kind == 2) {
        const RowVector centre = 2 + drawn.row(d).array() / 4;
        patterns = (patterns / (in_double ? 256 : 4) + centre.replicate(n_patterns, 1)).eval();
        const Scalar far = in_double && kind == 1 ? -64 : -1;  // of kind 1 no exp is left
        states = (states / 8 + far * centre.replicate(n_states, 1)).eval();
    }
    if (kind == 3) patterns.row(n_patterns - 1) = patterns.row(0);
    if (kind == 4) {
        for (Index p = 0; p < n_patterns; ++p) patterns.row(p) *= two_to(p % 2 == 0 ? -3 : 2);
    }
    if (kind == 5) states.setZero();
    return std::pair{states, patterns};
}

inline auto modern_recall(Case& drawn) {
    const Index n_states = drawn.side(0), n_patterns = drawn.side(), d = drawn.side(), kind = drawn.one_of(7);
    const Index sharpness = drawn.one_of(5);
    const auto [states, patterns] = modern(drawn, n_states, n_patterns, d, kind);
    return std::tuple{states, patterns, beta(drawn, d, sharpness)};
}

inline auto modern_energy(Case& drawn) {
    const Index n_patterns = drawn.side(), d = drawn.side(), kind = drawn.one_of(7), sharpness = drawn.one_of(5);
    const auto [states, patterns] = modern(drawn, 1, n_patterns, d, kind);
    return std::tuple{RowVector(states.row(0)), patterns, beta(drawn, d, sharpness)};
}

/// A number beside an interval: a little below, far below, a little above, far above.
inline Scalar outside(Index kind, Scalar least, Scalar most) {
    const Scalar little = two_to(in_double ? -30 : -10);
    return kind == 0 ? least - little : kind == 1 ? least - 2 : kind == 2 ? most + little : most + 3;
}

/// What is neither 1 nor -1.
inline Scalar no_sign(Index kind) {
    const Scalar little = two_to(in_double ? -30 : -10);
    return kind == 0 ? 0 : kind == 1 ? 2 : kind == 2 ? 1 - little : -3;
}

// What the header says nothing about: a memory without slots.
inline bool leaves_out(const auto&...) { return false; }
inline bool leaves_out(const Matrix&, const Matrix& memory) { return memory.rows() == 0; }

}  // namespace memory_augmented_network::cases

#endif
