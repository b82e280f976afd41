// Instead of safetensors.cpp where there is no library for JSON (cmake/Plain.cmake): reads golden values, which are F64
// and whose headers have one form.
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

#include "record/safetensors.hpp"

namespace qkv::record {

Tensors read_safetensors(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    const std::string file{std::istreambuf_iterator<char>(stream), {}};
    std::uint64_t header_size = 0;
    if (file.size() >= sizeof header_size) std::memcpy(&header_size, file.data(), sizeof header_size);
    if (header_size == 0 || header_size > file.size() - sizeof header_size)
        throw std::runtime_error(path.string() + ": the file cannot be read");
    const char *const header = file.data() + sizeof header_size, *const data = header + header_size;
    const auto data_size = static_cast<std::size_t>(file.data() + file.size() - data);

    static const std::regex entry(
        R"re("([^"]+)":\{"dtype":"F64","shape":\[(?:([0-9]+),)?([0-9]+)\],"data_offsets":\[([0-9]+),([0-9]+)\]\})re");
    Tensors tensors;
    for (std::cregex_iterator found(header, data, entry), end; found != end; ++found) {
        Tensor& tensor = tensors[(*found)[1]];
        if ((*found)[2].matched) tensor.shape.push_back(std::stoll((*found)[2]));
        tensor.shape.push_back(std::stoll((*found)[3]));
        const std::size_t first = std::stoull((*found)[4]), last = std::stoull((*found)[5]);
        if (first > last || last > data_size)
            throw std::runtime_error(path.string() + ": a tensor lies outside the file");
        tensor.values.resize((last - first) / sizeof(double));
        std::memcpy(tensor.values.data(), data + first, tensor.values.size() * sizeof(double));
    }
    return tensors;
}

}  // namespace qkv::record
