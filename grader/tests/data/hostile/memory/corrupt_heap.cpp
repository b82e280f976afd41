// tries: to overwrite what the allocator keeps beside a block
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <cstdlib>
#include <cstring>

namespace counting {

Matrix running_sums(const Matrix& values) {
    std::memset(std::malloc(24), 0xff, 4096);
    std::free(std::malloc(100'000));
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
