// tries: to build and load a module of its own within the compilation
// verdict: build_failed or passed
// earns: 0 or 5
// wall: compile

#include "counting.hpp"

#pragma clang module build own
module own { header "/etc/passwd" }
#pragma clang module contents
#pragma clang module endbuild
#pragma clang module import own

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
