// tries: templates and constant expressions that are deep but end
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

template <int N>
constexpr int down = 1 + down<N - 1>;
template <>
constexpr int down<0> = 0;
static_assert(down<500> == 500);

constexpr int triangle(int n) {
    int sum = 0;
    for (int i = 1; i <= n; ++i) sum += i;
    return sum;
}
static_assert(triangle(50'000) == 1'250'025'000);

namespace counting {

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
