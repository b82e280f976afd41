// tries: to take all memory before the first call
// verdict: crashed
// earns: 0
// wall: limits

#include "counting.hpp"

#include <cstring>
#include <vector>

namespace counting {

static const std::vector<char*> all = [] {
    std::vector<char*> blocks;
    for (volatile bool again = true; again;) blocks.push_back(new char[1 << 24]);
    return blocks;
}();

Matrix running_sums(const Matrix& values) {
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
