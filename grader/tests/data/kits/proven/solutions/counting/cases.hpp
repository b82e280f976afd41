#ifndef QKV_COUNTING_CASES_HPP
#define QKV_COUNTING_CASES_HPP

#include <tuple>

#include "counting.hpp"
#include "testing/cases.hpp"

namespace counting::cases {

inline auto running_sums(qkv::Case& drawn) { return std::tuple{drawn.matrix(drawn.side(), drawn.side())}; }
inline auto running_means(qkv::Case& drawn) { return running_sums(drawn); }

}  // namespace counting::cases

#endif
