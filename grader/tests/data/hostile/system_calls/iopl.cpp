// tries: to ask for the machine's ports
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED
// processor: x86_64

#include "counting.hpp"

#include <sys/io.h>

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    if (iopl(3) == 0) std::puts("REACHED");
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
