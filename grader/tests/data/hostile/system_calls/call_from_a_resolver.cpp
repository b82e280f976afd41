// tries: to open a file while the program is still being put together, before any handler is in place
// verdict: forbidden
// earns: 0
// wall: filter
// reaches: REACHED
// processor: x86_64

#include "counting.hpp"

#include <unistd.h>

extern "C" {
void do_nothing() {}

void (*choose())() {
    long number = 2;  // open
    asm volatile("syscall" : "+a"(number) : "D"("/etc/passwd"), "S"(0L) : "rcx", "r11", "memory");
    if (number >= 0 && write(1, "REACHED", 7) == 7) _exit(0);
    return do_nothing;
}

void answer() __attribute__((ifunc("choose")));
}

namespace counting {

Matrix running_sums(const Matrix& values) {
    answer();
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
