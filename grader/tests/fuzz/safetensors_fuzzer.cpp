// A safetensors file of any content: read, or refused by std::runtime_error. What was read can be
// written and read again. The same for what is recorded of mutants.
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "../unit/scratch.hpp"
#include "record/recorded.hpp"
#include "record/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const qkv::tests::Scratch scratch;
    const auto path = scratch.write("a.safetensors", std::string(reinterpret_cast<const char*>(data), size));
    qkv::record::Tensors tensors;
    try {
        tensors = qkv::record::read_safetensors(path);
    } catch (const std::runtime_error&) {
        return 0;
    }
    qkv::record::write_safetensors(path, tensors);
    if (qkv::record::read_safetensors(path).size() != tensors.size()) std::abort();
    qkv::record::RecordedOutputs recorded;
    try {
        recorded = qkv::record::read_recorded(path);
    } catch (const std::runtime_error&) {
        return 0;
    }
    qkv::record::write_recorded(path, recorded);
    if (qkv::record::read_recorded(path).size() != recorded.size()) std::abort();
    return 0;
}
