// Generated cases of `positional_encoding`: from (size, seed) to arguments, nearly all of which each function must
// accept.
#ifndef QKV_POSITIONAL_ENCODING_CASES_HPP
#define QKV_POSITIONAL_ENCODING_CASES_HPP

#include <limits>
#include <tuple>

#include "positional_encoding.hpp"
#include "testing/cases.hpp"

namespace positional_encoding::cases {

using qkv::Case;

/// Near the beginning of the sequence; beyond usual tables, which end at 512, 1000, 5000 or 10000; near a million.
/// A float cannot hold the angle of a far position well enough for every right way of computing it, so far positions
/// are asked for in double only.
inline Index position(Case& drawn) {
    constexpr Index from[] = {0, 0, 200, 5000, 10000, 65536, 1000000};
    constexpr Index to[] = {8, 200, 1100, 10000, 20000, 100000, 1001000};
    const auto kind = static_cast<std::size_t>(drawn.one_of(7));
    const Index far = drawn.between(0, 1001000), reach = to[kind] - from[kind] + 1;
    return sizeof(Scalar) == sizeof(double) ? from[kind] + far % reach : far % 9;
}

inline auto encode_position(Case& drawn) {
    const Index d_model = drawn.side();
    return std::tuple{position(drawn), d_model};
}

/// Some tables are longer than usual ones.
inline auto sinusoidal_encoding(Case& drawn) {
    const Index n_positions = drawn.side(0), d_model = drawn.side(), beyond = drawn.between(0, 70);
    const bool is_long = drawn.one_of(4) == 3 && sizeof(Scalar) == sizeof(double);
    return std::tuple{is_long ? 5001 + beyond : n_positions, d_model};
}

inline auto add_positions(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), offset = position(drawn);
    return std::tuple{drawn.matrix(n_tokens, d_model), offset};
}

/// The tokens end with the table; before it; one token or many behind it; at an offset that no table has.
inline auto add_learned_positions(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), before = drawn.side(0), kind = drawn.one_of(6);
    const Index unused = kind == 1 ? 1 : kind == 2 ? drawn.between(2, 70) : 0;
    const Matrix embeddings = drawn.matrix(n_tokens, d_model);
    const Matrix table = drawn.matrix(before + n_tokens + unused, d_model);
    Index offset = before;
    if (kind == 3) offset = before + 1;
    if (kind == 4) offset = before + n_tokens + 1;
    if (kind == 5) offset = -1 - before;
    return std::tuple{embeddings, table, offset};
}

/// Forwards and backwards; only pairs of columns can be turned.
inline auto shift_matrix(Case& drawn) {
    const Index pairs = drawn.side(), k = position(drawn);
    return std::tuple{2 * pairs, drawn.one_of(2) == 0 ? k : -k};
}

/// What positional_encoding.hpp leaves open: embeddings without columns.
inline bool may_refuse(const std::tuple<Matrix, Index>& arguments) { return std::get<0>(arguments).cols() == 0; }

}  // namespace positional_encoding::cases

#endif
