// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_MEMORY_AUGMENTED_NETWORK_REMOTE_HPP
#define QKV_MEMORY_AUGMENTED_NETWORK_REMOTE_HPP

#include "memory_augmented_network.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace memory_augmented_network {
QKV_FIELDS(State, memory, usage, reads)
QKV_FIELDS(Control, keys, gates)
QKV_FIELDS(Step, read, state)
}  // namespace memory_augmented_network

QKV_REMOTE(memory_augmented_network, cosine_weights)
QKV_REMOTE(memory_augmented_network, update_usage)
QKV_REMOTE(memory_augmented_network, least_used_slots)
QKV_REMOTE(memory_augmented_network, gate_writes)
QKV_REMOTE(memory_augmented_network, write_memory)
QKV_REMOTE(memory_augmented_network, step)
QKV_REMOTE(memory_augmented_network, hebbian_weights)
QKV_REMOTE(memory_augmented_network, hopfield_energy)
QKV_REMOTE(memory_augmented_network, hopfield_recall)
QKV_REMOTE(memory_augmented_network, modern_recall)
QKV_REMOTE(memory_augmented_network, modern_energy)

#endif
