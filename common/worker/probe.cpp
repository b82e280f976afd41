#include "worker/probe.hpp"

#include <cstdint>
#include <stdexcept>

namespace qkv::worker {

std::string probe_kind = "zeros";

double Filler::next() {
    static std::uint64_t state = 1;
    if (probe_kind == "input") return input_.empty() ? 0 : input_[at_++ % input_.size()];
    if (probe_kind != "random") return 0;
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state >> 52) / 2048.0 - 1;
}

Index changed_side(Index side) {
    if (probe_kind == "nothing") return 0;
    return probe_kind == "more" ? side + 1 : side > 0 ? side - 1 : 0;
}

bool changes_shapes() { return probe_kind == "nothing" || probe_kind == "fewer" || probe_kind == "more"; }

void throw_if_asked() {
    if (probe_kind == "throws") throw std::invalid_argument("a probe that only throws");
}

}  // namespace qkv::worker
