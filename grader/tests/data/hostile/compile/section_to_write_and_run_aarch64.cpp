// tries: code that changes itself, in a section that may be written and run; it gains nothing
// verdict: passed
// earns: 5
// wall: none
// processor: aarch64

#include "counting.hpp"

asm(R"(
    .section .changing, "awx", @progbits
changing:
    mov w0, #1
    ret
    .text
)");
extern "C" unsigned changing[];

namespace counting {

Matrix running_sums(const Matrix& values) {
    changing[0] = 0x52800000;  // mov w0, #0
    __builtin___clear_cache(reinterpret_cast<char*>(changing), reinterpret_cast<char*>(changing + 2));
    if (reinterpret_cast<int (*)()>(changing)() != 0) return values;
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
