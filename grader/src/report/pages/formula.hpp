// LaTeX formulas as one line of Unicode: what the statements use of it, not all of LaTeX.
#pragma once

#include <string>
#include <string_view>

namespace qkv::grader {

/// "\frac{Q K^{\top}}{\sqrt{d_k}}" becomes "(Q Kᵀ) / √(d_k)". A command that is not known stays as its name.
std::string in_unicode(std::string_view latex);

}  // namespace qkv::grader
