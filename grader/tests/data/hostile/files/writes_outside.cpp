// tries: to leave a file in /tmp
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <cstdio>
#include <fstream>

namespace counting {

Matrix running_sums(const Matrix& values) {
    std::ofstream file("/tmp/qkv_hostile");
    if (file << "here" << std::flush) std::puts("REACHED");
    std::remove("/tmp/qkv_hostile");
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
