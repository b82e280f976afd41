// Generated cases of `copy_task`: from (size, seed) to arguments, nearly all of which each function must accept.
#ifndef QKV_COPY_TASK_CASES_HPP
#define QKV_COPY_TASK_CASES_HPP

#include <algorithm>
#include <tuple>
#include <vector>

#include "copy_task.hpp"
#include "testing/cases.hpp"

namespace copy_task::cases {

using qkv::Case;
using qkv::in_double;

/// Ordinary numbers, or some of them so large that exp overflows.
inline RowVector raw(Case& drawn, Index length) {
    const Index kind = drawn.one_of(4);
    RowVector row = 2 * drawn.row(length);
    const Scalar large = in_double ? 500 : 8;
    for (Index i = 0; i < length; ++i) {
        if (kind == 2 && i % 3 == 0) row(i) *= large;
        if (kind == 3) row(i) *= large;
    }
    return row;
}

/// One step, three or five, seldom an even number.
inline Index n_steps(Case& drawn) {
    constexpr Index numbers[] = {3, 1, 5, 3, 2};
    return numbers[drawn.one_of(5)];
}

inline auto head_from(Case& drawn) {
    const Index d_slot = drawn.side(0), steps = n_steps(drawn);
    return std::tuple{raw(drawn, d_slot + 3 + steps), d_slot};
}

inline auto write_head_from(Case& drawn) {
    const Index d_slot = drawn.side(0), steps = n_steps(drawn);
    return std::tuple{raw(drawn, 3 * d_slot + 3 + steps), d_slot};
}

inline auto initial_state(Case& drawn) {
    const Index n_slots = drawn.side(0), d_slot = drawn.side(0);
    return std::tuple{n_slots, d_slot};
}

/// The sizes of a machine.
struct Sizes {
    Index d_input, n_bits, d_slot, d_hidden, n_slots, n_steps;
};

/// Now and then the shift has more steps than there are slots; that is refused.
inline Sizes sizes(Case& drawn) {
    const Index d_input = drawn.side(), n_bits = drawn.side(), d_slot = drawn.side(), d_hidden = drawn.side(),
                n_slots = drawn.side();
    constexpr Index numbers[] = {1, 3, 5};
    const Index steps = numbers[drawn.one_of(3)], room = drawn.one_of(6);
    return {d_input, n_bits, d_slot, d_hidden, room == 5 ? n_slots : std::max(n_slots, steps), steps};
}

/// Wide layers get small weights: keys then have a direction and heads a place.
inline Linear linear(Case& drawn, Index d_in, Index d_out) {
    const Matrix weight = drawn.matrix(d_in, d_out) / (1 + static_cast<Scalar>(d_in) / 4);
    return {weight, drawn.row(d_out)};
}

inline MachineWeights weights(Case& drawn, const Sizes& sizes) {
    MachineWeights weights;
    weights.controller = linear(drawn, sizes.d_input + sizes.d_slot, sizes.d_hidden);
    weights.writer = linear(drawn, sizes.d_hidden, 3 * sizes.d_slot + 3 + sizes.n_steps);
    weights.reader = linear(drawn, sizes.d_hidden, sizes.d_slot + 3 + sizes.n_steps);
    weights.output = linear(drawn, sizes.d_hidden + sizes.d_slot, sizes.n_bits);
    return weights;
}

/// Where a head is: spread over all slots, or on one.
inline RowVector place(Case& drawn, Index n_slots, Index kind) {
    const RowVector shares = (drawn.row(n_slots).array() + Scalar{2.25}) / 4;
    if (kind == 0) return shares / shares.sum();
    Index slot = 0;
    shares.maxCoeff(&slot);
    return RowVector::Unit(n_slots, slot);
}

inline State state(Case& drawn, const Sizes& sizes) {
    const Index writing = drawn.one_of(2), reading = drawn.one_of(2), empty = drawn.one_of(4);
    State state{drawn.matrix(sizes.n_slots, sizes.d_slot), {}, {}, {}};
    state.writing = place(drawn, sizes.n_slots, writing);
    state.reading = place(drawn, sizes.n_slots, reading);
    state.read = drawn.row(sizes.d_slot);
    if (empty == 2) state.memory.setZero();
    if (empty == 3) state.memory.setConstant(Scalar{1} / 64);
    return state;
}

inline auto step(Case& drawn) {
    const Sizes all = sizes(drawn);
    const RowVector input = drawn.row(all.d_input);
    const State before = state(drawn, all);
    return std::tuple{input, before, weights(drawn, all)};
}

inline auto run(Case& drawn) {
    constexpr Index numbers[] = {2, 0, 1, 4};
    const Index n_times = numbers[drawn.one_of(4)];
    const Sizes all = sizes(drawn);
    const Matrix inputs = drawn.matrix(n_times, all.d_input);
    const State start = state(drawn, all);
    return std::tuple{inputs, start, weights(drawn, all)};
}

inline auto heads_over_time(Case& drawn) { return run(drawn); }

/// 0 or 1 by chance.
inline Matrix bits(Case& drawn, Index length, Index n_bits) {
    return (drawn.matrix(length, n_bits).array() > 0).cast<Scalar>();
}

/// Now and then with a number that is no bit.
inline auto task_inputs(Case& drawn) {
    const Index length = drawn.side(0), n_bits = drawn.side(), kind = drawn.one_of(6);
    Matrix all = bits(drawn, length, n_bits);
    if (kind == 5 && length > 0) all(length - 1, n_bits / 2) = drawn.number();
    return std::tuple{all};
}

/// Some logits are exactly 0; now and then the number of rows is even.
inline auto said_bits(Case& drawn) {
    const Index length = drawn.side(0), n_bits = drawn.side(), kind = drawn.one_of(4);
    Matrix logits = drawn.matrix(2 * length + (kind == 3 ? 0 : 1), n_bits);
    if (kind == 1) logits = logits.array().round();
    if (kind == 2) logits *= Scalar{1} / 65536;
    return std::tuple{logits};
}

inline auto wrong_bits(Case& drawn) {
    const Index length = drawn.side(0), n_bits = drawn.side();
    const Matrix given = bits(drawn, length, n_bits), said = bits(drawn, length, n_bits);
    return std::tuple{given, said};
}

/// Some sequences of the same length, the long ones first; small machines.
inline auto wrong_by_length(Case& drawn) {
    const Index n_sequences = drawn.one_of(5), n_bits = drawn.side(), n_slots = drawn.side();
    const Index d_slot = 1 + drawn.one_of(3), d_hidden = 1 + drawn.one_of(4), shortest = drawn.one_of(2);
    const Sizes all{n_bits + 1, n_bits, d_slot, d_hidden, std::max<Index>(n_slots, 3), 3};
    std::vector<Matrix> sequences;
    for (Index n = 0; n < n_sequences; ++n) sequences.push_back(bits(drawn, shortest + (4 - n) / 2, n_bits));
    const State start = state(drawn, all);
    return std::tuple{sequences, start, weights(drawn, all)};
}

/// Sometimes with equal weights.
inline auto path(Case& drawn) {
    const Index n_times = drawn.side(0), n_slots = drawn.side(0), kind = drawn.one_of(3);
    Matrix weights = (drawn.simple_matrix(n_times, n_slots).array() + Scalar{2}) / 4;
    if (kind == 1) weights = weights.array().round();
    if (kind == 2) weights.setZero();
    return std::tuple{weights};
}

// What copy_task.hpp leaves open, for the arguments of each function: it may be answered or refused.
inline bool leaves_open(const auto&...) { return false; }
inline bool leaves_open(const Matrix& inputs, const State&, const MachineWeights&) { return inputs.rows() == 0; }
inline bool leaves_open(const std::vector<Matrix>& sequences, const State&, const MachineWeights&) {
    return std::ranges::all_of(sequences, [](const Matrix& bits) { return bits.rows() == 0; });
}

// What it says nothing about: how wide results without rows are, where the arguments disagree on it.
inline bool leaves_out(const auto&...) { return false; }
inline bool leaves_out(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    const Index n_slots = start.memory.rows();
    const bool agree = weights.output.weight.cols() == weights.output.bias.size() && start.writing.size() == n_slots &&
                       start.reading.size() == n_slots;
    return inputs.rows() == 0 && !agree;
}

}  // namespace copy_task::cases

#endif
