#include "wire/flatten.hpp"

#include <bit>

namespace qkv::wire {

std::uint64_t hash(const std::vector<double>& numbers) {
    std::uint64_t state = 0xcbf29ce484222325U;
    for (const double number : numbers) {
        const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);
        for (int shift = 0; shift < 64; shift += 8) state = (state ^ ((bits >> shift) & 0xff)) * 0x100000001b3U;
    }
    return state;
}

}  // namespace qkv::wire
