// Instead of safetensors.cpp where there is no library for JSON (cmake/Plain.cmake): reads golden values and trained
// weights, whose headers have one form.
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>

#include "record/half.hpp"
#include "record/safetensors.hpp"

namespace qkv::record {

namespace {

template <class Stored>
void load(Tensor& tensor, const char* data, std::size_t size) {
    tensor.values.resize(size / sizeof(Stored));
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, data + i * sizeof(Stored), sizeof(Stored));
        tensor.values[i] = static_cast<double>(stored);
    }
}

void load_as(const std::string& type, Tensor& tensor, const char* data, std::size_t size) {
    if (type == "F64") return load<double>(tensor, data, size);
    if (type == "F32") return load<float>(tensor, data, size);
    if (type == "F16") return load<Half>(tensor, data, size);
    if (type == "I64") return load<std::int64_t>(tensor, data, size);
    if (type == "I32") return load<std::int32_t>(tensor, data, size);
    if (type == "BOOL") return load<std::uint8_t>(tensor, data, size);
    if (type == "U8") tensor.text.assign(data, size);
}

}  // namespace

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
        R"re("([^"]+)":\{"dtype":"([A-Z0-9]+)","shape":\[(?:([0-9]+),)?([0-9]+)\],"data_offsets":\[([0-9]+),([0-9]+)\]\})re");
    Tensors tensors;
    for (std::cregex_iterator found(header, data, entry), end; found != end; ++found) {
        Tensor& tensor = tensors[(*found)[1]];
        if ((*found)[3].matched) tensor.shape.push_back(std::stoll((*found)[3]));
        tensor.shape.push_back(std::stoll((*found)[4]));
        const std::size_t first = std::stoull((*found)[5]), last = std::stoull((*found)[6]);
        if (first > last || last > data_size)
            throw std::runtime_error(path.string() + ": a tensor lies outside the file");
        load_as((*found)[2], tensor, data + first, last - first);
    }
    return tensors;
}

}  // namespace qkv::record
