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

/// One case of three, each, has a negative position, or no column.
inline auto encode_position(Case& drawn) {
    const Index d_model = drawn.side(), some = position(drawn), faulty = drawn.one_of(3);
    return std::tuple{faulty == 1 ? -1 - some : some, faulty == 2 ? 1 - d_model : d_model};
}

/// Some tables are longer than usual ones, some have no column, with positions or without.
inline auto sinusoidal_encoding(Case& drawn) {
    const Index n_positions = drawn.side(0), d_model = drawn.side(), beyond = drawn.between(0, 70),
                kind = drawn.one_of(6);
    if (kind == 3 && sizeof(Scalar) == sizeof(double)) return std::tuple{5001 + beyond, d_model};
    if (kind == 4) return std::tuple{n_positions, 1 - d_model};
    if (kind == 5) return std::tuple{Index{0}, Index{0}};
    return std::tuple{n_positions, d_model};
}

/// One case of three, each, has a negative offset, with tokens or without.
inline auto add_positions(Case& drawn) {
    const Index n_tokens = drawn.side(0), d_model = drawn.side(), some = position(drawn), faulty = drawn.one_of(3);
    return std::tuple{drawn.matrix(faulty == 2 ? 0 : n_tokens, d_model), faulty == 0 ? some : -1 - some};
}

/// The tokens end with the table; before it; one token or many behind it; at an offset that no table has, with tokens
/// or without; the table is square.
inline auto add_learned_positions(Case& drawn) {
    const Index some_tokens = drawn.side(0), width = drawn.side(), before = drawn.side(0), kind = drawn.one_of(8);
    const Index n_tokens = kind == 6 ? 0 : some_tokens;
    const Index unused = kind == 1 ? 1 : kind == 2 ? drawn.between(2, 70) : 0;
    const Index n_positions = before + n_tokens + unused, d_model = kind == 7 && n_positions > 0 ? n_positions : width;
    const Matrix embeddings = drawn.matrix(n_tokens, d_model);
    const Matrix table = drawn.matrix(n_positions, d_model);
    Index offset = before;
    if (kind == 3) offset = before + 1;
    if (kind == 4) offset = before + n_tokens + 1;
    if (kind == 5 || kind == 6) offset = -1 - before;
    return std::tuple{embeddings, table, offset};
}

/// Forwards and backwards, or not at all; only pairs of columns can be turned, not even by 0 can an odd one.
inline auto shift_matrix(Case& drawn) {
    const Index pairs = drawn.side(), k = position(drawn), kind = drawn.one_of(5);
    if (kind == 2) return std::tuple{2 * pairs, Index{0}};
    if (kind == 3) return std::tuple{2 * pairs - 1, Index{0}};
    if (kind == 4) return std::tuple{2 - 2 * pairs, k};
    return std::tuple{2 * pairs, kind == 0 ? k : -k};
}

/// What positional_encoding.hpp leaves open: embeddings without columns.
inline bool may_refuse(const std::tuple<Matrix, Index>& arguments) { return std::get<0>(arguments).cols() == 0; }

}  // namespace positional_encoding::cases

#endif
