// tries: to allocate until nothing is left
// verdict: out_of_memory or timed_out
// earns: 2
// wall: limits

#include "counting.hpp"

#include <vector>

namespace counting {

Matrix running_sums(const Matrix& values) {
    std::vector<std::vector<char>> all;
    while (true) all.emplace_back(1U << 20, 'x');
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
