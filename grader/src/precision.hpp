// Errors so small that only the precision of the arithmetic can be to blame.
#ifndef QKV_GRADER_PRECISION_HPP
#define QKV_GRADER_PRECISION_HPP

#include "testing/case_report.hpp"

namespace qkv {

enum class Precision {
    enough,  ///< or the numbers do not tell
    single,  ///< every number found is a float: the result was computed, or kept, in single precision
    low,     ///< as small an error everywhere: a float on the way, or a small number added somewhere
};

/// What the facts of a difference say about it.
Precision precision_of(const Facts& difference);

}  // namespace qkv

#endif
