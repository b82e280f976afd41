// Generated cases of `@ID@`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_@ID_UPPER@_CASES_HPP
#define QKV_@ID_UPPER@_CASES_HPP

#include <tuple>

#include "@ID@.hpp"
#include "testing/cases.hpp"

namespace @ID@::cases {

inline auto center_rows(qkv::Case& drawn) {
    const qkv::Index n_tokens = drawn.side(), d_model = drawn.side();
    return std::tuple{drawn.matrix(n_tokens, d_model)};
}

}  // namespace @ID@::cases

#endif
