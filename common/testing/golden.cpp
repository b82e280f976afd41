// Golden values, read once from the exercise's folder.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "qkv/matrix.hpp"

#include "harness/program.hpp"
#include "record/safetensors.hpp"
#include "testing/golden.hpp"

namespace qkv::testing {

static Matrix matrix_of(const record::Tensors& tensors, const std::string& name) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) throw std::runtime_error("there is no golden or trained array named " + name);
    const record::Tensor& tensor = found->second;
    const Index rows = tensor.shape.size() < 2 ? 1 : tensor.shape[0];
    if (!tensor.text.empty()) {  // U8: pixels are bytes
        Matrix matrix(rows, static_cast<Index>(tensor.text.size()) / rows);
        std::transform(tensor.text.begin(), tensor.text.end(), matrix.data(),
                       [](char byte) { return static_cast<Scalar>(static_cast<unsigned char>(byte)); });
        return matrix;
    }
    Matrix matrix(rows, rows == 0 ? 0 : static_cast<Index>(tensor.values.size()) / rows);
    std::transform(tensor.values.begin(), tensor.values.end(), matrix.data(),
                   [](double value) { return static_cast<Scalar>(value); });
    return matrix;
}

Matrix golden(const std::string& name) {
    static const record::Tensors tensors =
        record::read_safetensors(std::string(harness::golden_folder) + "/golden.safetensors");
    return matrix_of(tensors, name);
}

Matrix trained(const std::string& name) {
    static const record::Tensors tensors =
        record::read_safetensors(std::string(harness::golden_folder) + "/../model/model.safetensors");
    return matrix_of(tensors, name);
}

}  // namespace qkv::testing
