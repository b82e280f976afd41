// Bytes from a worker, decoded as any type: refused, or a value whose encoding is these very bytes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wire/codec.hpp"
#include "wire/flatten.hpp"
#include "wire/frame.hpp"

namespace sample {

enum class Direction { forward, backward };

struct Layer {
    qkv::Matrix weight;
    std::optional<qkv::RowVector> bias;
    std::vector<bool> used;
};
struct Model {
    std::string name;
    Direction direction = Direction::forward;
    bool causal = false;
    double scale = 1;
    std::vector<Layer> layers;
    std::optional<std::vector<qkv::TokenIds>> tokens;
};
QKV_FIELDS(Layer, weight, bias, used)
QKV_FIELDS(Model, name, direction, causal, scale, layers, tokens)

}  // namespace sample

namespace {

using namespace qkv;
using namespace qkv::wire;

template <class T>
void decode(std::span<const std::byte> bytes) {
    Reader reader{bytes};
    T value{};
    walk(value, reader);
    if (!reader.complete() || reader.never_set()) return;  // what was never set does not come back
    const Bytes again = encode(value);
    if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
    Flattened leaves;
    Shapes shapes;
    walk(value, leaves);
    walk(value, shapes);
}

}  // namespace

void qkv::eigen_assertion_failed(const char*, const char*) { std::abort(); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto bytes = std::as_bytes(std::span(data + 1, size - 1));
    // The first byte chooses the type.
    switch (data[0] % 12) {
        case 0:
            decode<Matrix>(bytes);
            break;
        case 1:
            decode<Mask>(bytes);
            break;
        case 2:
            decode<RowVector>(bytes);
            break;
        case 3:
            decode<std::vector<Matrix>>(bytes);
            break;
        case 4:
            decode<std::optional<Matrix>>(bytes);
            break;
        case 5:
            decode<std::vector<bool>>(bytes);
            break;
        case 6:
            decode<sample::Model>(bytes);
            break;
        case 7:
            decode<Thrown>(bytes);
            break;
        case 8:
            decode<LastWords>(bytes);
            break;
        case 9:
            decode<sample::Layer>(bytes);
            break;
        case 10:
            decode<std::vector<std::optional<std::string>>>(bytes);
            break;
        default:
            decode<TokenIds>(bytes);
            break;
    }
    return 0;
}
