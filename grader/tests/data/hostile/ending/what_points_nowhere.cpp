// tries: to throw an exception whose description is a wild pointer
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <exception>

namespace counting {

namespace {

struct Bomb : std::exception {
    const char* what() const noexcept override { return reinterpret_cast<const char*>(1); }
};

}  // namespace

Matrix running_sums(const Matrix& values) { throw Bomb(); }

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
