// Generated cases of `positional_encoding`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_POSITIONAL_ENCODING_CASES_HPP
#define QKV_POSITIONAL_ENCODING_CASES_HPP

#include <tuple>

#include "positional_encoding.hpp"
#include "testing/cases.hpp"

namespace positional_encoding::cases {

using qkv::Case;

/// Small cases stand near the beginning of the sequence. A float cannot hold the angle of a far position
/// well enough for every right way of computing it, so far positions are asked for in double only.
inline Index position(Case& drawn) {
    constexpr Index reach = sizeof(Scalar) == sizeof(double) ? 200 : 8;
    return drawn.between(0, reach * drawn.size());
}

inline auto encode_position(Case& drawn) {
    const Index p = position(drawn);
    return std::tuple{p, drawn.between(1, 2 * drawn.size() + 2)};
}

inline auto sinusoidal_encoding(Case& drawn) {
    const Index n_positions = drawn.between(2, 3 * drawn.size() + 1);
    return std::tuple{n_positions, drawn.between(1, 2 * drawn.size() + 2)};
}

inline auto add_positions(Case& drawn) {
    const Index n_tokens = drawn.side(), d_model = drawn.between(1, 2 * drawn.size() + 2);
    const Matrix embeddings = drawn.matrix(n_tokens, d_model);
    return std::tuple{embeddings, position(drawn)};
}

inline auto add_learned_positions(Case& drawn) {
    const Index n_tokens = drawn.side(), d_model = drawn.side(), offset = drawn.between(0, drawn.size());
    const Index n_positions = offset + n_tokens + drawn.between(0, 2);  // often the tokens end with the table
    const Matrix embeddings = drawn.matrix(n_tokens, d_model);
    return std::tuple{embeddings, drawn.matrix(n_positions, d_model), offset};
}

inline auto shift_matrix(Case& drawn) {
    const Index d_model = 2 * drawn.side(), k = position(drawn);
    return std::tuple{d_model, drawn.between(0, 1) == 0 ? k : -k};
}

}  // namespace positional_encoding::cases

#endif
