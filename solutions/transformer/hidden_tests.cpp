// Hidden tests of `transformer`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using namespace qkv::testing;

QKV_RANDOM_CASES(transformer, embed_tokens, "embed_tokens")
QKV_RANDOM_CASES(transformer, source_mask, "masks")
QKV_RANDOM_CASES(transformer, target_mask, "masks")
QKV_RANDOM_CASES(transformer, decoder_layer, "decoder_layer")
QKV_RANDOM_CASES(transformer, decode, "decoder_stack")
QKV_RANDOM_CASES(transformer, transformer_logits, "transformer_logits")
QKV_RANDOM_CASES(transformer, greedy_decode, "greedy_decode")
