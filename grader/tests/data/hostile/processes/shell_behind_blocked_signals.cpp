// tries: to start a shell by popen, which blocks every signal meanwhile
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    FILE* const shell = popen("echo REACHED 1>&2", "r");
    if (shell != nullptr) pclose(shell);
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
