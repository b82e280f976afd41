// tries: to give the pages of its stack back to the kernel while it stands on them
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace counting {

Matrix running_sums(const Matrix& values) {
    const std::uintptr_t page = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) & ~std::uintptr_t{4095};
    madvise(reinterpret_cast<void*>(page), 4 * 4096, MADV_DONTNEED);
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
