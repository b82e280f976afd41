// tries: a hundred thousand sections for the linkers to sort
// verdict: passed
// earns: 5
// wall: compile

#include "counting.hpp"

asm(R"(
    .macro section
    .section .one\@, "aw"
    .byte 1
    .endm
    .rept 100000
    section
    .endr
    .text
)");

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
