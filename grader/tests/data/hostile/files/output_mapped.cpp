// tries: to map the file that holds its output and write beyond its end
// verdict: crashed
// earns: 2
// wall: limits

#include "counting.hpp"

#include <sys/mman.h>

namespace counting {

Matrix running_sums(const Matrix& values) {
    void* const place = mmap(nullptr, 16U << 20, PROT_READ | PROT_WRITE, MAP_SHARED, 1, 0);
    if (place == MAP_FAILED) return {};
    static_cast<volatile char*>(place)[15U << 20] = 1;
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
