// tries: to have pages of the machine's memory put out of use, which a worker of root may; here of no page
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    void* const gone = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(gone, 4096);
    for (const int advice : {100, 101}) {  // MADV_HWPOISON, MADV_SOFT_OFFLINE
        if (madvise(gone, 4096, advice) != 0 && errno == EFAULT) std::puts("REACHED");
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
