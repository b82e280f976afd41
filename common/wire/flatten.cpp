#include "wire/flatten.hpp"

#include <bit>
#include <cstdio>
#include <cstdlib>

namespace qkv::wire {

namespace {

template <class Number>
std::string fewest_digits(Number number) {
    char text[32] = "";
    for (int digits = 6; digits <= 17; ++digits) {
        std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(number));
        if (static_cast<Number>(std::strtod(text, nullptr)) == number) break;
    }
    return text;
}

}  // namespace

std::string digits_of(double number) { return fewest_digits(number); }
std::string digits_of(float number) { return fewest_digits(number); }

std::uint64_t hash(const std::vector<double>& numbers) {
    std::uint64_t state = 0xcbf29ce484222325U;
    for (const double number : numbers) {
        const auto bits = std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number);
        for (int shift = 0; shift < 64; shift += 8) state = (state ^ ((bits >> shift) & 0xff)) * 0x100000001b3U;
    }
    return state;
}

}  // namespace qkv::wire
