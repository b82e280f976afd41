// tries: to open a file by an instruction of its own, past the C library
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED
// processor: aarch64

#include "counting.hpp"

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    register long number asm("x8") = 56;  // openat
    register long result asm("x0") = -100;
    register const char* path asm("x1") = "/etc/passwd";
    register long flags asm("x2") = 0;
    asm volatile("svc #0" : "+r"(result) : "r"(number), "r"(path), "r"(flags) : "memory");
    if (result >= 0) std::puts("REACHED");
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
