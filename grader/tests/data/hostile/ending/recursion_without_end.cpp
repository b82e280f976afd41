// tries: to call itself without end
// verdict: crashed
// earns: 2
// wall: limits

#include "counting.hpp"

namespace counting {

Matrix running_sums(const Matrix& values) {
    return values.size() == 0 ? values : running_sums(values) + running_sums(values);
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
