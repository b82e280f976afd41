// Two memories. The first is written to where it was used least (Santoro et al. 2016); the second remembers by going
// downhill (Hopfield 1982), and its modern form is attention (Ramsauer et al. 2021). You write these functions in
// memory_augmented_network.cpp. Everywhere: a row of the memory is a slot, a row of keys or weights belongs to one
// read. There is at least one slot; what a function does without any is its own affair. What does not fit is answered
// with std::invalid_argument, in every case: also where the result would not depend on it.
#ifndef QKV_MEMORY_AUGMENTED_NETWORK_HPP
#define QKV_MEMORY_AUGMENTED_NETWORK_HPP

#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace memory_augmented_network {

using qkv::Index;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// Where each read looks: the more a slot is like its key, the more weight it gets. There is no strength.
///
///   similarity(r, i) = key_r . slot_i / (|key_r| * |slot_i|)
///   weights(r, i)    = exp(similarity(r, i)) / sum over j of exp(similarity(r, j))
///
/// A key of zeros, or a slot of zeros, has similarity 0. There is no epsilon: a key of length 1e-15 counts as much as
/// a long one. (Lengths are 0 or from 1e-70 to 1e70.)
///
/// keys      (n_reads x d_slot)
/// memory    (n_slots x d_slot)
/// returns   (n_reads x n_slots), each row a distribution
/// throws    std::invalid_argument if keys and memory differ in d_slot
///                                                           Santoro et al. 2016, equations 2 and 3
Matrix cosine_weights(const Matrix& keys, const Matrix& memory);

/// How much each slot has been used: what was before fades, what is read and written now is added.
///
///   updated(i) = decay * usage(i) + sum over r of reads(r, i) + sum over r of writes(r, i)
///
/// usage     (n_slots), of the step before
/// decay     gamma: from 0 to 1
/// reads     (n_reads x n_slots), this step's read weights
/// writes    (n_reads x n_slots), this step's write weights
/// returns   (n_slots)
/// throws    std::invalid_argument if reads or writes have not one column for each slot, if they differ in n_reads, or
///           if the decay is not from 0 to 1
///                                                           Santoro et al. 2016, equation 5
RowVector update_usage(const RowVector& usage, Scalar decay, const Matrix& reads, const Matrix& writes);

/// The n slots that were used least.
///
///   least(i) = 1 if slot i is among the n with the smallest usage, else 0
///
/// There are always exactly n ones. Of slots that are used alike (exactly: no tolerance), the one with the smaller
/// number counts as used less. The paper's formula, usage(i) <= the n-th smallest usage, says the same where no two
/// usages are equal; in a fresh memory, where all are 0, it would mark every slot.
///
/// usage     (n_slots), any finite numbers
/// n         from 1 to n_slots; in a step it is the number of reads
/// returns   (n_slots), of zeros and ones
/// throws    std::invalid_argument if n < 1 or n > n_slots
///                                                           Santoro et al. 2016, equation 6
RowVector least_used_slots(const RowVector& usage, Index n);

/// Where each read's key will be written: to where this read looked a step ago, or to the slots that were used least.
///
///   writes(r, i) = sigma(gates(r)) * reads(r, i) + (1 - sigma(gates(r))) * least_used(i)
///   sigma(a)     = 1 / (1 + exp(-a))
///
/// gates       (n_reads), any numbers: the formula's values come out for 1000 and -1000 too
/// reads       (n_reads x n_slots), the read weights of the step before
/// least_used  (n_slots), zeros and ones
/// returns     (n_reads x n_slots)
/// throws      std::invalid_argument if there is not one gate for each row of reads, or if reads and least_used differ
///             in n_slots
///                                                           Santoro et al. 2016, equation 7
Matrix gate_writes(const RowVector& gates, const Matrix& reads, const RowVector& least_used);

/// The memory after this step's writing: first the least used slots are set to zero, then every key is added.
///
///   written(i) = (1 - least_used(i)) * slot_i + sum over r of writes(r, i) * key_r
///
/// memory      (n_slots x d_slot)
/// least_used  (n_slots), zeros and ones: a slot with a one is erased. (The paper speaks of one location, for one
///             read; with n reads we erase all n, so that whatever is written there finds a clean slot.)
/// writes      (n_reads x n_slots)
/// keys        (n_reads x d_slot)
/// returns     (n_slots x d_slot)
/// throws      std::invalid_argument if least_used or writes have not one entry for each slot, if writes and keys
///             differ in n_reads, or if keys and memory differ in d_slot
///                                                           Santoro et al. 2016, section 3.2 and equation 8
Matrix write_memory(const Matrix& memory, const RowVector& least_used, const Matrix& writes, const Matrix& keys);

/// What is carried from one step to the next.
struct State {
    Matrix memory;    ///< (n_slots x d_slot)
    RowVector usage;  ///< (n_slots)
    Matrix reads;     ///< the last read weights (n_reads x n_slots)
};

/// What the controller says in one step.
struct Control {
    Matrix keys;      ///< what each read looks for, and what is written (n_reads x d_slot)
    RowVector gates;  ///< alpha: large = write where this read looked, very negative = where nothing is used (n_reads)
};

/// What comes of one step.
struct Step {
    Matrix read;  ///< what each read has found (n_reads x d_slot)
    State state;  ///< for the next step
};

/// One whole step: the least used slots (as many as there are reads) and the write weights follow from the state of
/// the step before; then the memory is written; then it is read, so that a read sees what has just been written; then
/// the usage is updated.
///
///   read(r) = sum over i of weights(r, i) * slot_i       of the memory after writing
///
/// state     of the step before
/// control   of this step; n_reads is at least 1 and at most n_slots
/// decay     gamma: from 0 to 1
/// throws    std::invalid_argument if one of the functions above would, or if n_reads or n_slots are not the same
///           everywhere
///                                                           Santoro et al. 2016, section 3, equations 2 to 8
Step step(const State& state, const Control& control, Scalar decay);

/// Stores patterns of +1 and -1 by Hebb's rule: units that agree are coupled, those that differ are coupled negatively.
///
///   weights(i, j) = sum over p of patterns(p, i) * patterns(p, j)   for i != j
///   weights(i, i) = 0
///
/// patterns  (n_patterns x n_units), each entry 1 or -1; without patterns all weights are 0
/// returns   (n_units x n_units). It is a sum, divided by nothing: whole numbers
/// throws    std::invalid_argument if an entry is neither 1 nor -1
///                                                           Hopfield 1982, equation 2
Matrix hebbian_weights(const Matrix& patterns);

/// The height of the landscape in which a Hopfield network goes downhill.
///
///   energy = -1/2 * sum over i and j of weights(i, j) * state(i) * state(j)
///
/// weights   (n_units x n_units), any numbers
/// state     (n_units), each entry 1 or -1
/// throws    std::invalid_argument if weights are not square, if state is not as long, or if an entry of state is
///           neither 1 nor -1
///                                                           Hopfield 1982, equation 7
Scalar hopfield_energy(const Matrix& weights, const RowVector& state);

/// Asynchronous updates: one unit after the other, in the given order, looks at the state as it is by then.
///
///   input(i)      = sum over j of weights(i, j) * state(j)
///   state(i) becomes 1 if input(i) > 0, -1 if input(i) < 0, and stays as it is if input(i) is exactly 0
///
/// weights   (n_units x n_units), any numbers: the formula holds for those that are not symmetric, and for a diagonal
///           that is not zero, too
/// state     (n_units), each entry 1 or -1
/// order     numbers of units from 0, as many as one likes; a unit may come several times, or never. Each is updated
///           when its turn comes
/// returns   (n_units), the state after the last of them
/// throws    std::invalid_argument if weights are not square, if state is not as long, if an entry of state is neither
///           1 nor -1, or if there is no unit of a number in order
///                                                           Hopfield 1982, equation 1
RowVector hopfield_recall(const Matrix& weights, const RowVector& state, const std::vector<int>& order);

/// One update of a modern Hopfield network, for each row of states by itself.
///
///   score(s, p)  = beta * state_s . pattern_p
///   weight(s, p) = exp(score(s, p)) / sum over q of exp(score(s, q))
///   recalled(s)  = sum over p of weight(s, p) * pattern_p
///
/// states    (n_states x d), any number of rows
/// patterns  (n_patterns x d), at least one row
/// beta      greater than 0; the result is finite however large the scores are
/// returns   (n_states x d)
/// throws    std::invalid_argument if there is no pattern, if states and patterns differ in d, or if beta is not
///           greater than 0
///                                                           Ramsauer et al. 2021, equation 3
Matrix modern_recall(const Matrix& states, const Matrix& patterns, Scalar beta);

/// The energy that one such update never raises.
///
///   energy = -lse + 1/2 * state . state + log(n_patterns) / beta + 1/2 * M^2
///   lse    = log(sum over p of exp(beta * state . pattern_p)) / beta
///   M      = the length of the longest pattern
///
/// It lies between 0 and 2 M^2 for a state that is no longer than the longest pattern.
///
/// state     (d)
/// patterns  (n_patterns x d), at least one row
/// beta      greater than 0; the result is finite however large the scores are
/// throws    std::invalid_argument if there is no pattern, if state and patterns differ in d, or if beta is not
///           greater than 0
///                                                           Ramsauer et al. 2021, equation 2
Scalar modern_energy(const RowVector& state, const Matrix& patterns, Scalar beta);

}  // namespace memory_augmented_network

#endif
