// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// neural_turing_machine.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade neural_turing_machine
#include "neural_turing_machine.hpp"

namespace neural_turing_machine {

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    // What is the angle between a slot and a key that is all zeros? And which number can you take from
    // every exponent so that none overflows, whatever the strength?
    qkv::todo();
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    // Which of the two remains when the gate is 1? What must the gate be so that the sum stays 1?
    qkv::todo();
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    // From which slot does the weight come that arrives in slot i by a step of s? At which place of
    // `shift` does that step stand? And what is -1 % 5 in C++?
    qkv::todo();
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    // 0.25 to the power 600 is 0 for the computer. Multiply all weights by the same number first: does
    // that change the fractions?
    qkv::todo();
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    // Four stages, each of which you have. Which one takes the previous weights?
    qkv::todo();
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    // A weighted mean of rows is one product. In which order do the shapes fit?
    qkv::todo();
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    // A weight for each slot and a number for each feature: which product makes a whole matrix of them?
    // When may the first head add?
    qkv::todo();
}

}  // namespace neural_turing_machine
