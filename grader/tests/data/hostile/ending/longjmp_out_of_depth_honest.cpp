// tries: to jump out of a thousand calls at once
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

#include <csetjmp>

namespace counting {

namespace {

std::jmp_buf back;

void descend(int depth) {
    if (depth == 0) std::longjmp(back, 1);
    descend(depth - 1);
}

}  // namespace

Matrix running_sums(const Matrix& values) {
    if (setjmp(back) == 0) descend(1000);
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
