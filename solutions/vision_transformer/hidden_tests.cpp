// Hidden tests of `vision_transformer`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

QKV_RANDOM_CASES(vision_transformer, image_to_patches, "image_to_patches")
QKV_RANDOM_CASES(vision_transformer, embed_patches, "embed_patches")
QKV_RANDOM_CASES(vision_transformer, class_logits, "class_logits")
QKV_RANDOM_CASES(vision_transformer, vision_transformer, "vision_transformer")
QKV_RANDOM_CASES(vision_transformer, top_k, "top_k")
