// tries: to keep the compiler computing
// verdict: build_failed
// earns: 0
// wall: compile

#include "counting.hpp"

consteval int loop(int zero) {
    int i = 0;
    while (zero == 0) i ^= 1;
    return i;
}
static_assert(loop(0) == 0);

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
