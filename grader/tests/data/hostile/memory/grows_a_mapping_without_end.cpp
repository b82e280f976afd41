// tries: to double one mapping again and again
// verdict: out_of_memory
// earns: 2
// wall: limits

#include "counting.hpp"

#include <sys/mman.h>

#include <new>

namespace counting {

Matrix running_sums(const Matrix& values) {
    std::size_t size = 4096;
    void* place = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    while (place != MAP_FAILED) {
        place = mremap(place, size, 2 * size, MREMAP_MAYMOVE);
        size *= 2;
    }
    throw std::bad_alloc();
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
