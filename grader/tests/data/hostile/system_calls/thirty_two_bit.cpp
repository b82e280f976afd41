// tries: to call the kernel by the interrupt of 32-bit programs, where the numbers mean something else
// verdict: forbidden or crashed
// earns: 2
// wall: filter
// reaches: REACHED
// processor: x86_64

#include "counting.hpp"

#include <unistd.h>

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    long number = 20;  // getpid there, writev here
    asm volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
    if (number == getpid()) std::puts("REACHED");
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
