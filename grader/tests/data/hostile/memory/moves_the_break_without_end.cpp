// tries: to take all memory by moving the end of its data
// verdict: out_of_memory
// earns: 2
// wall: limits

#include "counting.hpp"

#include <unistd.h>

#include <vector>

namespace counting {

Matrix running_sums(const Matrix& values) {
    while (sbrk(1 << 20) != reinterpret_cast<void*>(-1)) {
    }
    const std::vector<double> more(1U << 20, values.sum());
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
