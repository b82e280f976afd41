// tries: to throw, nest and catch exceptions of its own
// verdict: passed
// earns: 5
// wall: none

#include "counting.hpp"

#include <exception>
#include <stdexcept>

namespace counting {

Matrix running_sums(const Matrix& values) {
    try {
        try {
            throw std::invalid_argument("inner");
        } catch (...) {
            std::throw_with_nested(std::runtime_error("outer"));
        }
    } catch (const std::exception& error) {
        try {
            std::rethrow_if_nested(error);
        } catch (const std::invalid_argument&) {
        }
    }
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
