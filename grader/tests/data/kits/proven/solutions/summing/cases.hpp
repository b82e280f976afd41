#ifndef QKV_SUMMING_CASES_HPP
#define QKV_SUMMING_CASES_HPP

#include <tuple>

#include "summing.hpp"
#include "testing/cases.hpp"

namespace summing::cases {

inline auto total(qkv::Case& drawn) { return std::tuple{drawn.matrix(drawn.side(), drawn.side())}; }

}  // namespace summing::cases

#endif
