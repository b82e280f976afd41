// Hidden tests of `memory_network`: random stories and models against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

QKV_RANDOM_CASES(memory_network, bag_of_words, "bag_of_words")
QKV_RANDOM_CASES(memory_network, position_encoding, "position_encoding")
QKV_RANDOM_CASES(memory_network, encode_sentence, "sentence")
QKV_RANDOM_CASES(memory_network, encode_story, "story")
QKV_RANDOM_CASES(memory_network, hop, "hop")
QKV_RANDOM_CASES(memory_network, answer_adjacent, "adjacent")
QKV_RANDOM_CASES(memory_network, answer_layer_wise, "layer_wise")
