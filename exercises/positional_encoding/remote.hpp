// What may be called from the tests: one line a graded function.
#ifndef QKV_POSITIONAL_ENCODING_REMOTE_HPP
#define QKV_POSITIONAL_ENCODING_REMOTE_HPP

#include "positional_encoding.hpp"
#include "wire/interface.hpp"

QKV_REMOTE(positional_encoding, encode_position)
QKV_REMOTE(positional_encoding, sinusoidal_encoding)
QKV_REMOTE(positional_encoding, add_positions)
QKV_REMOTE(positional_encoding, add_learned_positions)
QKV_REMOTE(positional_encoding, shift_matrix)

#endif
