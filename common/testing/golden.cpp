// Golden values, read once from the exercise's folder.
#include <stdexcept>
#include <string>

#include "qkv/matrix.hpp"

#include "safetensors/safetensors.hpp"
#include "testing/golden.hpp"

namespace qkv::testing {

Matrix golden(const std::string& name) {
    static const Tensors tensors = read_safetensors(std::string(golden_folder) + "/golden.safetensors");
    const auto found = tensors.find(name);
    if (found == tensors.end()) throw std::runtime_error("golden.safetensors has no array named " + name);
    const Tensor& tensor = found->second;
    const Index rows = tensor.shape.size() < 2 ? 1 : tensor.shape[0];
    const auto size = static_cast<Index>(tensor.values.size());
    Matrix matrix(rows, rows == 0 ? 0 : size / rows);
    for (Index i = 0; i < size; ++i) matrix.data()[i] = static_cast<Scalar>(tensor.values[static_cast<std::size_t>(i)]);
    return matrix;
}

}  // namespace qkv::testing
