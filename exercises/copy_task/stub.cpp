// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in copy_task.hpp,
// what they are for in README.md (README.zh.md). Grade with: ./grade copy_task
#include "copy_task.hpp"

namespace copy_task {

Head head_from(const RowVector& raw, Index d_slot) {
    // Which numbers may each field be? Where in the row does it begin, and how many steps are left for the shift?
    qkv::todo();
}

WriteHead write_head_from(const RowVector& raw, Index d_slot) {
    // How long is the front piece that head_from reads?
    qkv::todo();
}

State initial_state(Index n_slots, Index d_slot) {
    // What is a head that is surely on slot 0?
    qkv::todo();
}

Step step(const RowVector& input, const State& before, const MachineWeights& weights) {
    // Which memory does each head look at, and where was each a step ago?
    qkv::todo();
}

Matrix task_inputs(const Matrix& bits) {
    // When does the machine learn that the sequence is over? How long does its answer take?
    qkv::todo();
}

Run run(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    // From which state does each step begin?
    qkv::todo();
}

Matrix said_bits(const Matrix& logits) {
    // Which rows are the answer? What does the machine say where the logit is 0?
    qkv::todo();
}

Index wrong_bits(const Matrix& bits, const Matrix& said) {
    // What if one of the two has more rows?
    qkv::todo();
}

std::vector<LengthErrors> wrong_by_length(const std::vector<Matrix>& sequences, const State& start,
                                          const MachineWeights& weights) {
    // What must not be left over from one sequence when the next one begins?
    qkv::todo();
}

HeadsOverTime heads_over_time(const Matrix& inputs, const State& start, const MachineWeights& weights) {
    // run returns the end only. What must be kept on the way?
    qkv::todo();
}

std::vector<Index> path(const Matrix& weights) {
    // Which slot is it if two weigh the same?
    qkv::todo();
}

}  // namespace copy_task
