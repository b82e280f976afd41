// tries: to lead the reader of debug information to other files, and to feed it nonsense
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <signal.h>

namespace counting {

asm(R"(
    .section .gnu_debugaltlink, "", @progbits
    .string "/dev/zero"
    .fill 20, 1, 0x41
    .section .gnu_debuglink, "", @progbits
    .string "/dev/zero"
    .balign 4
    .long 0x12345678
    .section .debug_aranges, "", @progbits
    .long 0xfffffff0
    .short 2
    .fill 300, 1, 0xff
    .section .debug_ranges, "", @progbits
    .fill 300, 1, 0x80
    .text
)");

Matrix running_sums(const Matrix& values) {
    raise(SIGSEGV);
    return values;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
