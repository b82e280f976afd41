// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// memory_augmented_network.hpp, what they are for in README.md (README.zh.md). Grade with:
// ./grade memory_augmented_network
#include "memory_augmented_network.hpp"

namespace memory_augmented_network {

Matrix cosine_weights(const Matrix& keys, const Matrix& memory) {
    // If all rows had length 1, which single product would hold every cosine? And what is the direction of a row of
    // zeros?
    qkv::todo();
}

RowVector update_usage(const RowVector& usage, Scalar decay, const Matrix& reads, const Matrix& writes) {
    // What fades, and what is added in full? Over which of the two sides of `reads` is the sum?
    qkv::todo();
}

RowVector least_used_slots(const RowVector& usage, Index n) {
    // Which slot do you mark first, and which one next? What if two are used alike?
    qkv::todo();
}

Matrix gate_writes(const RowVector& gates, const Matrix& reads, const RowVector& least_used) {
    // What remains of the formula for a gate of 1000, and for one of -1000? Which exp overflows there?
    qkv::todo();
}

Matrix write_memory(const Matrix& memory, const RowVector& least_used, const Matrix& writes, const Matrix& keys) {
    // What would be lost if the keys were added before the slots are erased? Which product adds all keys at once?
    qkv::todo();
}

Step step(const State& state, const Control& control, Scalar decay) {
    // Which of these follow from the step before, and which from this one: the least used slots, the write weights,
    // the read weights? Which memory is read?
    qkv::todo();
}

Matrix hebbian_weights(const Matrix& patterns) {
    // What is the product of two units that agree, and of two that differ? And of a unit with itself?
    qkv::todo();
}

Scalar hopfield_energy(const Matrix& weights, const RowVector& state) {
    // How often does the pair of units 0 and 1 occur in the double sum?
    qkv::todo();
}

RowVector hopfield_recall(const Matrix& weights, const RowVector& state, const std::vector<int>& order) {
    // Does the second unit see the first one as it was, or as it is by now? And what does a unit do whose input is 0?
    qkv::todo();
}

Matrix modern_recall(const Matrix& states, const Matrix& patterns, Scalar beta) {
    // You know this formula. What are its queries, its keys and its values?
    qkv::todo();
}

Scalar modern_energy(const RowVector& state, const Matrix& patterns, Scalar beta) {
    // Scores of 1000 overflow exp, scores of -1000 leave log(0). Which score can be taken out of the logarithm?
    qkv::todo();
}

}  // namespace memory_augmented_network
