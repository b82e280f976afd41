// Turns Eigen's own assertions into exceptions, so that a wrong shape in a learner's expression
// becomes a message instead of the end of the process. Include before any Eigen header.
#pragma once

namespace qkv {

/// Throws. `expression` is the text of the assertion inside Eigen that did not hold.
[[noreturn]] void eigen_assertion_failed(const char* expression, const char* function);

}  // namespace qkv

#define eigen_assert(condition) \
    ((condition) ? static_cast<void>(0) : ::qkv::eigen_assertion_failed(#condition, __func__))
