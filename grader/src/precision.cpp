#include "precision.hpp"

#include <cstdlib>

namespace qkv {

Precision precision_of(const Facts& difference) {
    // A float has 24 binary digits: its rounding error is 6e-8, and grows a little on the way.
    constexpr double most = 1e-6;
    const auto error = difference.values.find("relative");
    if (difference.kind != "difference" || error == difference.values.end()) return Precision::enough;
    const double relative = std::strtod(error->second.c_str(), nullptr);
    if (!(relative > 0 && relative <= most)) return Precision::enough;
    return difference.values.contains("floats") ? Precision::single : Precision::low;
}

}  // namespace qkv
