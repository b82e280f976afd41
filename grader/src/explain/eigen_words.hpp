// What an assertion inside Eigen means to the one whose expression broke it.
#ifndef QKV_EXPLAIN_EIGEN_WORDS_HPP
#define QKV_EXPLAIN_EIGEN_WORDS_HPP

#include <optional>
#include <string>

#include "base/text.hpp"

namespace qkv::grader {

/// The operation in words. `assertion` is "function: condition", both as Eigen's source has them. Nothing if there
/// are no words for it.
std::optional<Text> eigen_words(const std::string& assertion);

}  // namespace qkv::grader

#endif
