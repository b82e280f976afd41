// A trained Neural Turing Machine that copies: it reads a sequence of bits and says it again. You write these functions
// in copy_task.cpp; the memory's own functions are those of neural_turing_machine.hpp. Everywhere: a row is a vector, a
// time step or a slot. What does not fit is answered with std::invalid_argument.
#ifndef QKV_COPY_TASK_HPP
#define QKV_COPY_TASK_HPP

#include <vector>

#include "neural_turing_machine.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace copy_task {

using neural_turing_machine::Head;
using qkv::Index;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// The numbers of a head, from any real numbers that the controller puts out.
///
///   raw        = [ key (d_slot) | strength (1) | gate (1) | shift (n_steps) | sharpening (1) ]   in this order
///   key        = tanh(raw key)
///   strength   = softplus(raw strength),   softplus(x) = log(1 + exp(x))
///   gate       = sigmoid(raw gate)
///   shift      = softmax(raw shift)        steps -S, ..., S as neural_turing_machine wants them
///   sharpening = 1 + softplus(raw sharpening)
///
/// raw      (d_slot + 3 + n_steps), so n_steps is what is left; right for numbers of any size, as 1000 or -1000
/// throws   std::invalid_argument if d_slot is less than 1, or if n_steps is not odd or less than 1
///                                                           Graves et al. 2014, section 3.3
Head head_from(const RowVector& raw, Index d_slot);

/// What the controller tells a head that writes.
struct WriteHead {
    Head head;
    RowVector erase;  ///< which features to forget (d_slot), each from 0 to 1
    RowVector add;    ///< what to put there (d_slot)
};

/// Likewise for a head that writes.
///
///   raw   = [ as head_from | erase (d_slot) | add (d_slot) ]   in this order
///   erase = sigmoid(raw erase)
///   add   = tanh(raw add)
///
/// raw      (3 d_slot + 3 + n_steps)
/// throws   std::invalid_argument if d_slot is less than 1, or if n_steps is not odd or less than 1
///                                                           Graves et al. 2014, section 3.2
WriteHead write_head_from(const RowVector& raw, Index d_slot);

/// A linear layer: y = x weight + bias.
struct Linear {
    Matrix weight;   ///< (d_in x d_out)
    RowVector bias;  ///< (d_out)
};

/// A feed-forward controller and two heads.
struct MachineWeights {
    Linear controller;  ///< from input and last reading, (d_input + d_slot) to d_hidden
    Linear writer;      ///< from d_hidden to what write_head_from wants
    Linear reader;      ///< from d_hidden to what head_from wants
    Linear output;      ///< from hidden and reading, (d_hidden + d_slot) to n_bits
};

/// What a machine carries from one time step to the next.
struct State {
    Matrix memory;      ///< (n_slots x d_slot)
    RowVector writing;  ///< where the head that writes was (n_slots)
    RowVector reading;  ///< where the head that reads was (n_slots)
    RowVector read;     ///< what it read there (d_slot)
};

/// Before the first step: the memory is 0.01 everywhere, both heads are on slot 0, nothing has been read (zeros).
///
/// throws   std::invalid_argument if n_slots or d_slot is less than 1
State initial_state(Index n_slots, Index d_slot);

/// One time step.
struct Step {
    RowVector logits;  ///< one for each bit (n_bits): above 0 the machine says 1
    State state;       ///< after the step
};

/// The controller, then the head that writes, then the head that reads: it sees the memory as just written.
///
///   hidden  = tanh([ input | before.read ] controller)
///   writing = address(head of the writer, before.writing, before.memory)
///   memory  = write(before.memory, writing with erase and add)
///   reading = address(head of the reader, before.reading, memory)
///   read    = read(memory, reading)
///   logits  = [ hidden | read ] output
///
/// Both heads get their numbers from `hidden`: [..] writer by write_head_from, [..] reader by head_from.
///
/// input    (d_input)
/// throws   std::invalid_argument on shapes that do not fit, before.read as wide as a slot included
///                                                           Graves et al. 2014, figure 1
Step step(const RowVector& input, const State& before, const MachineWeights& weights);

/// What the machine gets to see: the bits, and then zeros for as long as its answer takes, with a mark on a channel of
/// its own that says: now it is your turn.
///
///   rows 0 ... length - 1                 [ bits | 0 ]
///   rows length ... 2 length              [ 0 ... 0 | 1 ]
///
/// bits     (length x n_bits), each 0 or 1; length may be 0
/// returns  ((2 length + 1) x (n_bits + 1))
/// throws   std::invalid_argument if an entry is neither 0 nor 1
///                                                           Graves et al. 2014, section 4.1
Matrix task_inputs(const Matrix& bits);

/// A whole run.
struct Run {
    Matrix logits;  ///< of each time step (n_times x n_bits)
    State end;      ///< after the last one
};

/// Step after step, each from the state that the one before has left.
///
/// inputs   (n_times x d_input); without any, there are no logits and the end is the start
/// returns  logits as wide as weights.output.bias
/// throws   std::invalid_argument on shapes that do not fit. Without inputs, what does not fit may be refused or not
Run run(const Matrix& inputs, const State& start, const MachineWeights& weights);

/// The answer: of the last `length` of 2 length + 1 rows, 1 where the logit is above 0, else 0.
///
/// logits   ((2 length + 1) x n_bits)
/// returns  (length x n_bits)
/// throws   std::invalid_argument if the number of rows is even
Matrix said_bits(const Matrix& logits);

/// How many bits differ.
///
/// throws   std::invalid_argument if bits and said have not the same shape
Index wrong_bits(const Matrix& bits, const Matrix& said);

/// How well sequences of one length are copied.
struct LengthErrors {
    Index length;
    Scalar wrong;  ///< bits wrong of a sequence, the mean over all sequences of this length
};

/// Copies each sequence, every one from `start`, and counts the wrong bits.
///
/// sequences  each (length x n_bits), of any lengths, in any order
/// returns    an entry for each length there is, short ones first; none without sequences
/// throws     std::invalid_argument if a sequence is not of 0 and 1, or on shapes that do not fit. Without sequences,
///            or with none but empty ones, what does not fit may be refused or not
///                                                           Graves et al. 2014, section 4.1, figures 3 and 4
std::vector<LengthErrors> wrong_by_length(const std::vector<Matrix>& sequences, const State& start,
                                          const MachineWeights& weights);

/// Where the heads were.
struct HeadsOverTime {
    Matrix writing;  ///< (n_times x n_slots): row t are the weights after step t
    Matrix reading;  ///< (n_times x n_slots)
};

/// Runs the machine as `run` does, and keeps the weights of both heads.
///
/// inputs   (n_times x d_input); without any, both have no rows
/// throws   as run does                                      Graves et al. 2014, section 4.1, figure 6
HeadsOverTime heads_over_time(const Matrix& inputs, const State& start, const MachineWeights& weights);

/// The slot with the largest weight, for each time step; of equal ones the first.
///
/// weights  (n_times x n_slots), the weights of one head over time
/// returns  n_times slots
/// throws   std::invalid_argument if there are no slots
std::vector<Index> path(const Matrix& weights);

}  // namespace copy_task

#endif
