// tries: to ask the linker for a stack that can be executed, and to execute it
// verdict: crashed
// earns: 2
// wall: compile
// reaches: REACHED

#include "counting.hpp"

#include <cstdio>

namespace counting {

namespace {

asm(".section .note.GNU-stack,\"x\",@progbits\n.text");

}  // namespace

Matrix running_sums(const Matrix& values) {
    unsigned char code[] = {0xc3};
    reinterpret_cast<void (*)()>(code)();
    std::puts("REACHED");
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
