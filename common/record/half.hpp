// Numbers of half precision, as files of trained weights store them.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace qkv::record {

/// IEEE 754 binary16: a sign, five bits of exponent, ten of fraction.
struct Half {
    std::uint16_t bits;

    explicit operator double() const {
        const int exponent = bits >> 10 & 31, fraction = bits & 1023;
        double size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
        if (exponent == 31) size = fraction == 0 ? std::numeric_limits<double>::infinity() : std::nan("");
        return bits >> 15 == 0 ? size : -size;
    }
};

}  // namespace qkv::record
