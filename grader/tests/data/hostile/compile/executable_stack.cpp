// tries: to run code that it writes on its stack
// verdict: crashed
// earns: 2
// wall: filter
// reaches: REACHED
// processor: x86_64

#include "counting.hpp"

#include <unistd.h>

asm(R"(
    .section .note.GNU-stack, "x", @progbits
    .text
)");

namespace counting {

Matrix running_sums(const Matrix& values) {
    volatile unsigned char code[] = {0xb8, 0x2a, 0, 0, 0, 0xc3};  // mov $42, %eax; ret
    if (reinterpret_cast<int (*)()>(reinterpret_cast<unsigned long>(code))() == 42) write(1, "REACHED\n", 8);
    return values;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
