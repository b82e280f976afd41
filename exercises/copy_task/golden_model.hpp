// What the tests of `copy_task` ask about: the trained machine and its test sequences, a small machine that PyTorch has
// seen too, and the statement's machine, whose weights were set by hand.
#ifndef QKV_COPY_TASK_GOLDEN_MODEL_HPP
#define QKV_COPY_TASK_GOLDEN_MODEL_HPP

#include <functional>
#include <string>
#include <vector>

#include "copy_task.hpp"
#include "testing/golden.hpp"

namespace copy_task::tests {

using qkv::testing::golden;
using qkv::testing::trained;

/// Arrays by their names: those of the trained machine, or of the small one.
using Arrays = std::function<Matrix(const std::string&)>;

inline Linear linear_of(const Arrays& arrays, const std::string& name) {
    return {arrays(name + "/weight"), arrays(name + "/bias")};
}

inline MachineWeights weights_of(const Arrays& arrays) {
    return {linear_of(arrays, "controller"), linear_of(arrays, "writer"), linear_of(arrays, "reader"),
            linear_of(arrays, "output")};
}

/// 8 bits, slots of 16 numbers, 64 hidden numbers, shifts of one step.
inline const MachineWeights& trained_weights() {
    static const MachineWeights weights = weights_of(trained);
    return weights;
}

/// The start of a machine, made here and not by the learner.
inline State start_of(Index n_slots, Index d_slot) {
    const RowVector first = RowVector::Unit(n_slots, 0);
    return {Matrix::Constant(n_slots, d_slot, Scalar{0.01}), first, first, RowVector::Zero(d_slot)};
}

/// The first `count` test sequences of a length: 10, 20, 40 or 80.
inline std::vector<Matrix> test_sequences(Index length, Index count) {
    const Matrix all = trained("test/" + std::to_string(length));
    std::vector<Matrix> sequences;
    for (Index n = 0; n < count; ++n) sequences.push_back(all.middleRows(n * length, length));
    return sequences;
}

/// What the machine gets to see of them; made here as well.
inline Matrix inputs_of(const Matrix& bits) {
    Matrix inputs = Matrix::Zero(2 * bits.rows() + 1, bits.cols() + 1);
    inputs.topLeftCorner(bits.rows(), bits.cols()) = bits;
    for (Index t = bits.rows(); t < inputs.rows(); ++t) inputs(t, bits.cols()) = 1;
    return inputs;
}

/// A state that PyTorch has seen, by the beginning of its arrays' names.
inline State state_of(const std::string& name) {
    return {golden(name + "/memory"), golden(name + "/writing"), golden(name + "/reading"), golden(name + "/read")};
}

/// 2 bits, 7 slots of 3 numbers, 5 hidden numbers, shifts of up to two steps.
inline MachineWeights small_weights() {
    return weights_of([](const std::string& name) { return golden("small/" + name); });
}

/// The statement's machine for sequences of one bit, slots of one number.
/// hidden: the bit, the mark, what was read last, each as -1 or 1.
inline MachineWeights example_weights() {
    const Matrix controller{{20, 0, 0}, {0, 20, 0}, {0, 0, 20}};
    Matrix writer = Matrix::Zero(3, 9), reader = Matrix::Zero(3, 7);
    writer(0, 8) = 10;   // add: the bit
    reader(1, 4) = -10;  // the mark says: do not stay,
    reader(1, 5) = 10;   // go on
    return {{controller, RowVector{{-10, -10, 0}}},
            {writer, RowVector{{0, 0, -20, -20, -20, 0, 9, 20, 0}}},
            {reader, RowVector{{0, 0, -20, -20, 0, 0, 9}}},
            {Matrix{{0.}, {0.}, {10.}, {0.}}, RowVector::Zero(1)}};
}

}  // namespace copy_task::tests

#endif
