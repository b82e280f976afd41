// tries: to throw an exception whose description takes 300 MB, so that no copy fits
// verdict: out_of_memory
// earns: 2
// wall: limits

#include "counting.hpp"

#include <exception>
#include <string>

namespace counting {

namespace {

struct Bomb : std::exception {
    const char* what() const noexcept override {
        static const std::string text(300U << 20, 'x');
        return text.c_str();
    }
};

}  // namespace

Matrix running_sums(const Matrix& values) { throw Bomb(); }

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
