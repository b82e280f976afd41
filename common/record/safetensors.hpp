// Reads and writes safetensors files: named arrays with shapes, the format golden values are kept in.
// Format: 8 bytes length, a JSON header, then the data (huggingface.co/docs/safetensors).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace qkv::record {

/// One array, row-major. Numbers are kept as double, whatever the file stores.
struct Tensor {
    std::vector<std::int64_t> shape;
    std::vector<double> values;               ///< as many as the product of the shape
    std::string text;                         ///< instead of values when the file stores bytes (U8)
    std::vector<std::uint32_t> indices = {};  ///< instead of values when it stores whole numbers (U16, U32)
};

using Tensors = std::map<std::string, Tensor>;

/// Reads F64, F32, F16, I64, I32, BOOL, U8, U16 and U32 tensors. Throws std::runtime_error that names the file
/// if it cannot be read or is not a safetensors file.
Tensors read_safetensors(const std::filesystem::path& path);

/// Writes values as F64, texts as U8, indices as U16 if they all fit, else as U32; first to a file
/// beside, then renamed, so that a crash leaves the old file whole. Throws std::runtime_error.
void write_safetensors(const std::filesystem::path& path, const Tensors& tensors);

}  // namespace qkv::record
