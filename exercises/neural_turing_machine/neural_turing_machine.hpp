// The memory of a Neural Turing Machine: where a head looks, what it reads, what it writes. You write
// these functions in neural_turing_machine.cpp. Everywhere: a row of the memory is a slot, a column is
// a feature. Weights over the slots are a distribution: n_slots numbers, none negative, sum 1; there is
// at least one slot, and what a function does without any is its own affair. What does not fit is answered
// with std::invalid_argument, in every case: also where the result would not depend on it, as with a gate of 0
// or 1, a strength of 0, a single slot, a head that erases and adds nothing.
#ifndef QKV_NEURAL_TURING_MACHINE_HPP
#define QKV_NEURAL_TURING_MACHINE_HPP

#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace neural_turing_machine {

using qkv::Index;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// Focusing by content: the more a slot is like the key, the more weight it gets.
///
///   similarity(i) = key . slot_i / (|key| * |slot_i|)
///   weights(i)    = exp(strength * similarity(i)) / sum over j of exp(strength * similarity(j))
///
/// A key of zeros, or a slot of zeros, has similarity 0. There is no epsilon: a key of length 1e-15
/// counts as much as a long one. (Lengths are 0 or from 1e-70 to 1e70: beyond, their products leave the
/// range of a double.) However small a similarity is, it counts.
///
/// key       (d_slot)
/// strength  at least 0; the weights stay finite however large it is
/// memory    (n_slots x d_slot)
/// returns   (n_slots), a distribution
/// throws    std::invalid_argument if key and memory differ in d_slot, or strength < 0
///                                                           Graves et al. 2014, equations 5 and 6
RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory);

/// The gate between looking for content and staying where the head was.
///
///   gated(i) = gate * content(i) + (1 - gate) * previous(i)
///
/// content   (n_slots), previous (n_slots): two distributions
/// gate      from 0 to 1
/// returns   (n_slots), a distribution
/// throws    std::invalid_argument if the lengths differ, or the gate is not from 0 to 1
///                                                           Graves et al. 2014, equation 7
RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate);

/// Focusing by location: moves the weights along the slots, which form a ring.
///
///   shifted(i) = sum over s from -S to S of weights((i - s) mod n_slots) * shift(s)
///
/// The 2S + 1 entries of `shift` stand for the steps -S, ..., -1, 0, 1, ..., S in this order: the middle
/// one is "stay", the one after it "one slot on, and from the last slot to the first".
///
/// weights   (n_slots), a distribution
/// shift     (2S + 1), a distribution over the steps; at most as long as there are slots
///           If one of them is no distribution, it may be refused, or moved by the formula all the same.
/// returns   (n_slots), a distribution
/// throws    std::invalid_argument if the length of shift is even, or greater than n_slots
///                                                           Graves et al. 2014, equation 8
RowVector shift_weights(const RowVector& weights, const RowVector& shift);

/// Makes weights sharper that a shift has blurred.
///
///   sharpened(i) = weights(i)^gamma / sum over j of weights(j)^gamma
///
/// weights   (n_slots), none negative and not all 0; they need not sum to 1, the result does
/// gamma     at least 1, and right for large ones too: weights(i)^gamma may be too small for a Scalar
///           in every slot, the result is a distribution all the same
/// returns   (n_slots), a distribution
/// throws    std::invalid_argument if gamma < 1, if a weight is negative, or if all are 0
///                                                           Graves et al. 2014, equation 9
RowVector sharpen(const RowVector& weights, Scalar gamma);

/// What the controller tells a head in one time step.
struct Head {
    RowVector key;      ///< what to look for (d_slot)
    Scalar strength;    ///< beta: how sure the look-up by content is, at least 0
    Scalar gate;        ///< g: 1 = look up by content, 0 = go on from the previous weights
    RowVector shift;    ///< steps along the ring (2S + 1), a distribution
    Scalar sharpening;  ///< gamma: at least 1
};

/// The whole addressing step: content, gate, shift, sharpening, in this order.
///
/// head      as the functions above want it
/// previous  (n_slots), the weights of this head one time step earlier
/// memory    (n_slots x d_slot)
/// returns   (n_slots), a distribution
/// throws    std::invalid_argument if previous has not one weight for each slot, or if one of the
///           functions above would, whatever the gate is
///                                                           Graves et al. 2014, section 3.3, figure 2
RowVector address(const Head& head, const RowVector& previous, const Matrix& memory);

/// Reads from all slots at once.
///
///   read = sum over i of weights(i) * slot_i
///
/// memory    (n_slots x d_slot)
/// weights   (n_slots)
/// returns   (d_slot)
/// throws    std::invalid_argument if there is not one weight for each slot
///                                                           Graves et al. 2014, equation 2
RowVector read(const Matrix& memory, const RowVector& weights);

/// What one write head does.
struct Write {
    RowVector weights;  ///< where (n_slots), a distribution
    RowVector erase;    ///< which features to forget (d_slot), each from 0 to 1
    RowVector add;      ///< what to put there (d_slot), any numbers
};

/// The memory after all heads have written: first every head erases, then every head adds.
///
///   erased(i, j)  = memory(i, j) * product over h of (1 - weights_h(i) * erase_h(j))
///   written(i, j) = erased(i, j) + sum over h of weights_h(i) * add_h(j)
///
/// So the order of the heads does not matter, and no head erases what another one adds.
///
/// memory    (n_slots x d_slot)
/// writes    one for each write head, as many as there are; without any, the memory stays as it is
/// returns   (n_slots x d_slot)
/// throws    std::invalid_argument if a head has not one weight for each slot, if its erase or add is
///           not as wide as the memory, or if an entry of erase is not from 0 to 1
///                                                           Graves et al. 2014, equations 3 and 4
Matrix write(const Matrix& memory, const std::vector<Write>& writes);

}  // namespace neural_turing_machine

#endif
