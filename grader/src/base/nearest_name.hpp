// Which name was meant by one that is mistyped.
#ifndef QKV_BASE_NEAREST_NAME_HPP
#define QKV_BASE_NEAREST_NAME_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace qkv::grader {

/// How many letters must be put in, taken out or replaced to make one word the other.
std::size_t edit_distance(std::string_view one, std::string_view other);

/// The known name that was probably meant: at most two letters away; empty if there is none.
std::string nearest_name(const std::string& word, const std::vector<std::string>& known);

}  // namespace qkv::grader

#endif
