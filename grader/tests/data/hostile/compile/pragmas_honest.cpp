// tries: warnings switched off, a region marked, a macro pushed and popped
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma region mine
#pragma push_macro("EOF")
#undef EOF
#pragma pop_macro("EOF")
_Pragma("STDC FP_CONTRACT OFF")
#pragma endregion

namespace counting {

Matrix running_sums(const Matrix& values) {
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting

#pragma GCC diagnostic pop
