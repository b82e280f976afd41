// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_MEMORY_NETWORK_REMOTE_HPP
#define QKV_MEMORY_NETWORK_REMOTE_HPP

#include "memory_network.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace memory_network {
QKV_FIELDS(HopResult, output, weights)
QKV_FIELDS(Answer, logits, weights)
QKV_FIELDS(AdjacentModel, embeddings, temporal)
QKV_FIELDS(LayerWiseModel, question, input, output, temporal_input, temporal_output, transition, answer)
}  // namespace memory_network

QKV_REMOTE(memory_network, bag_of_words)
QKV_REMOTE(memory_network, position_encoding)
QKV_REMOTE(memory_network, encode_sentence)
QKV_REMOTE(memory_network, encode_story)
QKV_REMOTE(memory_network, hop)
QKV_REMOTE(memory_network, answer_adjacent)
QKV_REMOTE(memory_network, answer_layer_wise)

#endif
