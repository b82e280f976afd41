// Generated cases of `positional_encoding`: from (size, seed) to arguments, nearly all of which each function must
// accept.
#ifndef QKV_POSITIONAL_ENCODING_CASES_HPP
#define QKV_POSITIONAL_ENCODING_CASES_HPP

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "positional_encoding.hpp"
#include "testing/cases.hpp"

namespace positional_encoding::cases {

using qkv::Case;
using qkv::in_double;

/// Near the beginning of the sequence; beyond usual tables, which end at 512, 1000, 5000 or 10000; near a million.
/// A float cannot hold the angle of a far position well enough for every right way of computing it, so far positions
/// are asked for in double only. One kind is negative.
inline Index position(Case& drawn) {
    constexpr Index from[] = {0, 0, 200, 5000, 10000, 65536, 1000000, -8};
    constexpr Index to[] = {8, 200, 1100, 10000, 20000, 100000, 1001000, -1};
    const auto kind = static_cast<std::size_t>(drawn.one_of(8));
    const Index far = drawn.between(0, 1001000), reach = to[kind] - from[kind] + 1;
    if (in_double || kind == 7) return from[kind] + far % reach;
    return far % 9;
}

/// Some cases near the beginning have no column.
inline auto encode_position(Case& drawn) {
    const Index d_model = drawn.side(), some = position(drawn), faulty = drawn.between(0, 7);
    return std::tuple{some, faulty == 0 && some < 200 ? 1 - d_model : d_model};
}

/// Some tables are longer than usual ones, some have no column, with positions or without.
inline auto sinusoidal_encoding(Case& drawn) {
    const Index n_positions = drawn.side(0), d_model = drawn.side(), beyond = drawn.between(0, 70),
                kind = drawn.one_of(6);
    if (kind == 3 && in_double) return std::tuple{5001 + beyond, std::min<Index>(d_model, 3)};
    if (kind == 4) return std::tuple{n_positions, 1 - d_model};
    if (kind == 5) return std::tuple{Index{0}, Index{0}};
    return std::tuple{n_positions, d_model};
}

inline auto add_positions(Case& drawn) {
    const Index some = position(drawn), n_tokens = drawn.side(0), d_model = drawn.side(), nothing = drawn.one_of(2);
    const bool neither = nothing == 1 && drawn.between(0, 1) == 0 && some < 200;  // neither tokens nor such an offset
    return std::tuple{drawn.matrix(neither ? 0 : n_tokens, d_model), neither ? -1 - std::abs(some) : some};
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

/// Forwards and backwards, now and then not at all; only pairs of columns can be turned, not even by 0 can an odd one.
inline auto shift_matrix(Case& drawn) {
    const Index pairs = drawn.side(), k = position(drawn), back = drawn.one_of(2), any = drawn.between(0, 11);
    const Index rare = k < 200 ? any : 11;
    if (rare == 0) return std::tuple{2 * pairs, Index{0}};
    if (rare == 1) return std::tuple{2 * pairs - 1, Index{0}};
    if (rare == 2) return std::tuple{2 - 2 * pairs, k};
    return std::tuple{2 * pairs, back == 0 ? k : -k};
}

/// What positional_encoding.hpp leaves open: embeddings without columns.
inline bool may_refuse(const std::tuple<Matrix, Index>& arguments) { return std::get<0>(arguments).cols() == 0; }

}  // namespace positional_encoding::cases

#endif
