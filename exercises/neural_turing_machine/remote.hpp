// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_NEURAL_TURING_MACHINE_REMOTE_HPP
#define QKV_NEURAL_TURING_MACHINE_REMOTE_HPP

#include "neural_turing_machine.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace neural_turing_machine {
QKV_FIELDS(Head, key, strength, gate, shift, sharpening)
QKV_FIELDS(Write, weights, erase, add)
}  // namespace neural_turing_machine

QKV_REMOTE(neural_turing_machine, content_weights)
QKV_REMOTE(neural_turing_machine, interpolate)
QKV_REMOTE(neural_turing_machine, shift_weights)
QKV_REMOTE(neural_turing_machine, sharpen)
QKV_REMOTE(neural_turing_machine, address)
QKV_REMOTE(neural_turing_machine, read)
QKV_REMOTE(neural_turing_machine, write)

#endif
