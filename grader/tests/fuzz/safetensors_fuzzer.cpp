// A safetensors file of any content: read, or refused by std::runtime_error. What was read can be
// written and read again. The same for what is recorded of mutants.
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "../unit/scratch.hpp"
#include "safetensors/safetensors.hpp"
#include "testing/recorded.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const qkv::tests::Scratch scratch;
    const auto path = scratch.write("a.safetensors", std::string(reinterpret_cast<const char*>(data), size));
    qkv::Tensors tensors;
    try {
        tensors = qkv::read_safetensors(path);
    } catch (const std::runtime_error&) {
        return 0;
    }
    qkv::write_safetensors(path, tensors);
    if (qkv::read_safetensors(path).size() != tensors.size()) std::abort();
    qkv::RecordedOutputs recorded;
    try {
        recorded = qkv::read_recorded(path);
    } catch (const std::runtime_error&) {
        return 0;
    }
    qkv::write_recorded(path, recorded);
    if (qkv::read_recorded(path).size() != recorded.size()) std::abort();
    return 0;
}
