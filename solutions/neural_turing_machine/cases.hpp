// Generated cases of `neural_turing_machine`: from (size, seed) to arguments that each function must accept, and to
// arguments with a number that it must refuse.
#ifndef QKV_NEURAL_TURING_MACHINE_CASES_HPP
#define QKV_NEURAL_TURING_MACHINE_CASES_HPP

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "neural_turing_machine.hpp"
#include "testing/cases.hpp"

namespace neural_turing_machine::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// From 0 to count - 1. It is made of a value and not of a size, so that long memories are used to their ends.
inline Index index(Case& drawn, Index count) {
    return std::min(static_cast<Index>(std::abs(drawn.number()) / 2 * static_cast<Scalar>(count)), count - 1);
}

/// How weights are spread: 64 grains of equal size thrown at the slots (kind 2), all on one slot (1) or nearly all (3),
/// or grains that differ in digits which float does not hold, and tiny weights beside them. They sum to one.
inline RowVector distribution(Case& drawn, Index n, Index kind) {
    const Index spared = kind == 0 ? index(drawn, 3) : 3;
    RowVector weights = RowVector::Zero(n);
    for (int grain = 0; grain < 64; ++grain) {
        const Index slot = index(drawn, n);
        weights(slot % 3 == spared ? (slot + 1) % n : slot) += Scalar{1} / 64;
    }
    Index slot = 0;
    weights.maxCoeff(&slot);
    if (kind == 1 || kind == 3) weights.setZero(), weights(slot) = 1;
    if (kind == 1 || kind == 2) return weights;
    // Each slot that has something passes a little on to the next one that has; some others get next to nothing.
    for (Index next = 0; next < n; ++next) {
        const bool empty = weights(next) == 0;
        if (empty && (next % 4 == 0 || !in_double)) continue;
        const Scalar little = drawn.magnitude() * (!empty ? two_to(-8) : two_to(next % 2 == 0 ? -14 : -24));
        weights(slot) -= little, weights(next) += little;
        if (!empty) slot = next;
    }
    return weights;
}

/// One step, three, as many as the ring bears, or any odd number of them.
inline RowVector steps(Case& drawn, Index n_slots, Index kind) {
    const Index most = (n_slots - 1) / 2;
    const Index reach = kind == 0   ? std::min<Index>(1, most)
                        : kind == 1 ? most
                        : kind == 2 ? 0
                                    : index(drawn, most + 1);
    return distribution(drawn, 2 * reach + 1, 0);
}

/// A strength: ordinary, 0, so large that exp overflows, or weak.
inline Scalar strength(Case& drawn, Index kind) {
    const Scalar ordinary = 12 * drawn.magnitude();
    return kind == 2                ? 0
           : kind == 5 || kind == 6 ? ordinary * two_to(kind == 5 ? -10 : -20)
           : kind == 3 && in_double ? 512 * ordinary
           : kind == 4 && in_double ? 2048 * ordinary
                                    : ordinary;
}

/// A gate: between, closed or open, or nearly so.
inline Scalar gate(Case& drawn, Index kind) {
    const Scalar between = drawn.magnitude() / 2, little = between / (in_double ? 1 << 20 : 64);
    return kind == 2 ? 0 : kind == 3 ? 1 : kind == 4 ? little : kind == 5 ? 1 - little : between;
}

inline auto content_weights(Case& drawn) {
    const Index n_slots = drawn.side(), d_slot = drawn.side(), kind = drawn.one_of(20);
    Scalar beta = strength(drawn, drawn.one_of(8));
    RowVector key = drawn.row(d_slot);
    Matrix memory = drawn.matrix(n_slots, d_slot);
    if (d_slot == 1 && n_slots > 1) memory(0, 0) = -key(0) / 2;  // not all on the same side
    const Index special = index(drawn, n_slots);
    if (kind == 1) key.setZero();
    if (kind == 2) memory.row(special).setZero();
    if (kind == 3) memory.setZero();
    if (kind >= 4 && kind <= 11) beta = 2 + 4 * drawn.magnitude();
    if (kind == 4 || kind == 5) {  // cosines of 1e-4, or of 1e-7
        key(0) *= two_to(kind == 4 ? -14 : -24);
        for (Index i = 0; i < n_slots; i += 2) memory.row(i).tail(d_slot - 1).setZero();
    }
    if (kind == 6 && in_double) key *= two_to(-200), memory *= two_to(-200);
    if (kind == 7 && in_double) {
        key *= two_to(200);
        for (Index i = 0; i < n_slots; ++i) memory.row(i) *= two_to(i % 2 == 0 ? 200 : -200);
    }
    if (kind == 8 && in_double) {  // every slot points away from the key, and so far that exp underflows
        memory = (memory / 16 - key.replicate(n_slots, 1)).eval();
        beta = 8192;
    }
    if (kind == 9 && in_double) {  // all slots close to the key, and a strength that tells them apart
        memory = (memory / 256 + key.replicate(n_slots, 1)).eval();
        beta = 32768 + 8192 * drawn.magnitude();
    }
    if ((kind == 10 || kind == 11) && in_double)
        memory = (memory / 4096 + key.replicate(n_slots, 1)).eval();  // nearly ties
    return std::tuple{key, beta, memory};
}

inline auto interpolate(Case& drawn) {
    const Index n_slots = drawn.side(), open = drawn.one_of(6), now = drawn.one_of(4), before = drawn.one_of(4);
    const RowVector content = distribution(drawn, n_slots, now), previous = distribution(drawn, n_slots, before);
    return std::tuple{content, previous, gate(drawn, open)};
}

inline auto shift_weights(Case& drawn) {
    const Index side = drawn.side(), length = drawn.one_of(4), spread = drawn.one_of(4);
    const Index n_slots = drawn.one_of(3) == 2 ? side + 6 : side;
    const RowVector weights = distribution(drawn, n_slots, spread);
    return std::tuple{weights, steps(drawn, n_slots, length)};
}

/// An exponent: ordinary, 1, 2, and large.
inline Scalar exponent(Case& drawn, Index kind) {
    const Scalar ordinary = 1 + 3 * drawn.magnitude();
    if (kind == 1 || kind == 2) return static_cast<Scalar>(kind);
    if (!in_double) return ordinary;
    return kind == 3 ? 256 * ordinary : kind == 4 ? 5000 : ordinary;
}

inline auto sharpen(Case& drawn) {
    const Index n_slots = drawn.side(), gamma = drawn.one_of(5), spread = drawn.one_of(5), sum = drawn.one_of(4);
    RowVector weights = distribution(drawn, n_slots, spread);
    if (spread == 4 && in_double) weights = (1 + drawn.row(n_slots).array() / 4096) / 2;  // nearly equal
    if (sum == 2) weights *= 8;
    if (sum == 3) weights *= two_to(in_double ? -40 : -4);
    return std::tuple{weights, exponent(drawn, spread == 4 ? 3 + index(drawn, 2) : gamma)};
}

inline auto address(Case& drawn) {
    const Index n_slots = drawn.side(), d_slot = drawn.side(), zero = drawn.one_of(4), beta = drawn.one_of(4);
    const Index open = drawn.one_of(4), length = drawn.one_of(4), gamma = drawn.one_of(3), spread = drawn.one_of(4);
    RowVector key = drawn.row(d_slot);
    Matrix memory = drawn.matrix(n_slots, d_slot);
    if (zero == 1) key.setZero();
    if (zero == 2) memory.row(index(drawn, n_slots)).setZero();
    const Scalar found = strength(drawn, beta), mixed = gate(drawn, open), sharp = exponent(drawn, gamma);
    const Head head{key, found, mixed, steps(drawn, n_slots, length), sharp};
    return std::tuple{head, distribution(drawn, n_slots, spread), memory};
}

/// Numbers of a memory: ordinary, large, or so large that they must all be positive, else digits are lost.
inline Matrix contents(Case& drawn, Index kind, Index rows, Index columns) {
    const Matrix ordinary = drawn.matrix(rows, columns);
    if (kind == 1) return ordinary * two_to(in_double ? 14 : 2);
    if (kind == 2) return (3 + ordinary.array()) * two_to(40);
    return ordinary;
}

/// A reading is a sum, whatever the weights sum to.
inline auto read(Case& drawn) {
    const Index n_slots = drawn.side(), d_slot = drawn.side(), large = drawn.one_of(3), spread = drawn.one_of(4);
    const Index sum = drawn.one_of(3);
    const Matrix memory = contents(drawn, large, n_slots, d_slot);
    RowVector weights = distribution(drawn, n_slots, spread);
    if (sum == 1) weights *= 4;
    if (sum == 2) weights /= 4;
    return std::tuple{memory, weights};
}

inline auto write(Case& drawn) {
    const Index n_slots = drawn.side(), d_slot = drawn.side(), n_heads = drawn.side(0), large = drawn.one_of(3);
    const Index erased = drawn.one_of(8), idle = drawn.one_of(3), spread = drawn.one_of(4);
    const Matrix memory = contents(drawn, large, n_slots, d_slot);
    std::vector<Write> writes;
    for (Index head = 0; head < n_heads; ++head) {
        const RowVector weights = distribution(drawn, n_slots, spread);
        RowVector erase = (drawn.row(d_slot).array() + 2) / 4, add = contents(drawn, large, 1, d_slot);
        if (erased == 1) erase.setOnes();
        if (erased == 2) erase.setZero();
        if (erased == 3) erase = (erase.array() < Scalar(0.5)).select(RowVector::Zero(d_slot), RowVector::Ones(d_slot));
        if (large == 2) erase /= 2;  // or little of a large number would be left, with few digits
        if (idle == 1) add.setZero();
        writes.push_back({weights, erase, add});
    }
    return std::tuple{memory, writes};
}

/// A number beside an interval: a little below, far below, a little above, far above.
inline Scalar outside(Index kind, Scalar least, Scalar most) {
    const Scalar little = two_to(in_double ? -30 : -10);
    return kind == 0 ? least - little : kind == 1 ? least - 2 : kind == 2 ? most + little : most + 3;
}

inline bool is_distribution(const RowVector& weights) { return std::abs(weights.sum() - 1) < two_to(-12); }

// What neural_turing_machine.hpp leaves open: to shift what is no distribution, or by what is none, may be refused.
inline bool leaves_open(const auto&...) { return false; }
inline bool leaves_open(const RowVector& weights, const RowVector& shift) {
    const bool fits = shift.size() % 2 == 1 && shift.size() <= weights.size();
    return fits && !(is_distribution(weights) && is_distribution(shift));
}
inline bool leaves_open(const Head& head, const RowVector& previous, const Matrix& memory) {
    const bool fits = previous.size() == memory.rows() && head.key.size() == memory.cols();
    return fits && leaves_open(previous, head.shift);
}

// What it says nothing about: a memory without slots, and weights for none.
inline bool leaves_out(const auto&...) { return false; }
inline bool leaves_out(const RowVector&, Scalar, const Matrix& memory) { return memory.rows() == 0; }
inline bool leaves_out(const RowVector& weights, Scalar) { return weights.size() == 0; }
inline bool leaves_out(const Head&, const RowVector&, const Matrix& memory) { return memory.rows() == 0; }

}  // namespace neural_turing_machine::cases

#endif
