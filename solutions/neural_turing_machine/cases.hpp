// Generated cases of `neural_turing_machine`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_NEURAL_TURING_MACHINE_CASES_HPP
#define QKV_NEURAL_TURING_MACHINE_CASES_HPP

#include <tuple>
#include <vector>

#include "neural_turing_machine.hpp"
#include "testing/cases.hpp"

namespace neural_turing_machine::cases {

using qkv::Case;

/// Weights that sum to one exactly: 64 grains, thrown at the slots.
inline RowVector distribution(Case& drawn, Index n) {
    RowVector weights = RowVector::Zero(n);
    for (int grain = 0; grain < 64; ++grain) weights(drawn.between(0, n - 1)) += Scalar{1} / 64;
    return weights;
}

/// Any odd length that the ring bears.
inline RowVector steps(Case& drawn, Index n_slots) {
    return distribution(drawn, 2 * drawn.between(0, (n_slots - 1) / 2) + 1);
}

/// A number from `least` on, in eighths.
inline Scalar eighths(Case& drawn, Index least, Index most) {
    return static_cast<Scalar>(drawn.between(8 * least, 8 * most)) / 8;
}

inline auto content_weights(Case& drawn) {
    const Index n_slots = drawn.side(), d_slot = drawn.side();
    RowVector key = drawn.row(d_slot);
    Matrix memory = drawn.matrix(n_slots, d_slot);
    if (drawn.between(0, 3) == 0) key.setZero();
    if (drawn.between(0, 3) == 0) memory.row(drawn.between(0, n_slots - 1)).setZero();
    const Scalar strength = eighths(drawn, 0, 8) * drawn.extreme(1024);
    return std::tuple{key, strength, memory};
}

inline auto interpolate(Case& drawn) {
    const Index n_slots = drawn.side();
    const RowVector content = distribution(drawn, n_slots);
    return std::tuple{content, distribution(drawn, n_slots), eighths(drawn, 0, 1)};
}

inline auto shift_weights(Case& drawn) {
    const Index n_slots = drawn.between(1, 2 * drawn.size() + 1);
    const RowVector weights = distribution(drawn, n_slots);
    return std::tuple{weights, steps(drawn, n_slots)};
}

inline auto sharpen(Case& drawn) {
    const RowVector weights = distribution(drawn, drawn.side());
    const Scalar exponent = eighths(drawn, 1, 8) * drawn.extreme(512);
    return std::tuple{weights, exponent};
}

inline auto address(Case& drawn) {
    const Index n_slots = drawn.between(1, 2 * drawn.size() + 1), d_slot = drawn.side();
    const RowVector key = drawn.row(d_slot);
    const Scalar strength = eighths(drawn, 0, 6), gate = eighths(drawn, 0, 1), sharpening = eighths(drawn, 1, 4);
    const Head head{key, strength, gate, steps(drawn, n_slots), sharpening};
    const RowVector previous = distribution(drawn, n_slots);
    return std::tuple{head, previous, drawn.matrix(n_slots, d_slot)};
}

inline auto read(Case& drawn) {
    const Index n_slots = drawn.side(), d_slot = drawn.side();
    const Matrix memory = drawn.matrix(n_slots, d_slot);
    return std::tuple{memory, distribution(drawn, n_slots)};
}

inline auto write(Case& drawn) {
    const Index n_slots = drawn.side(), d_slot = drawn.side(), n_heads = drawn.between(0, 3);
    const Matrix memory = drawn.matrix(n_slots, d_slot);
    std::vector<Write> writes;
    for (Index head = 0; head < n_heads; ++head) {
        const RowVector weights = distribution(drawn, n_slots);
        const RowVector erase = (drawn.row(d_slot).array() + 2) / 4;  // from 0 to 1
        writes.push_back({weights, erase, drawn.row(d_slot)});
    }
    return std::tuple{memory, writes};
}

}  // namespace neural_turing_machine::cases

#endif
