// Golden values: expected outputs computed by PyTorch, kept as golden/golden.safetensors; and trained weights.
#pragma once

#include <string>

#include "qkv/matrix.hpp"

namespace qkv::testing {

/// An array of golden.safetensors as a matrix; one dimension gives a row. Throws std::runtime_error
/// if there is no such array.
Matrix golden(const std::string& name);

/// Likewise as a mask: true where it is not 0.
inline Mask golden_mask(const std::string& name) { return golden(name).array() != 0; }

/// Likewise from model/model.safetensors, beside golden/: weights that were trained.
Matrix trained(const std::string& name);

}  // namespace qkv::testing
