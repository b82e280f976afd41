// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_DECODING_REMOTE_HPP
#define QKV_DECODING_REMOTE_HPP

#include "decoding.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace decoding {
QKV_FIELDS(Cache, keys, values)
QKV_FIELDS(CachedAttention, output, cache)
QKV_FIELDS(Sampling, repetition_penalty, temperature, top_k, top_p)
QKV_FIELDS(Hypothesis, ids, log_probability, score)
}  // namespace decoding

QKV_REMOTE(decoding, attend_cached)
QKV_REMOTE(decoding, penalize_repetition)
QKV_REMOTE(decoding, probabilities)
QKV_REMOTE(decoding, top_k)
QKV_REMOTE(decoding, top_p)
QKV_REMOTE(decoding, sample)
QKV_REMOTE(decoding, next_distribution)
QKV_REMOTE(decoding, generate)
QKV_REMOTE(decoding, beam_search)
QKV_REMOTE(decoding, acceptance)
QKV_REMOTE(decoding, residual)
QKV_REMOTE(decoding, speculate)

#endif
