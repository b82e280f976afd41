// tries: to open a file before the kit's handlers stand and before any constructor
// verdict: forbidden
// earns: 0
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace counting {

static void first(int, char**, char**) {
    char byte = 0;
    if (read(open("/etc/passwd", O_RDONLY), &byte, 1) == 1) write(1, "REACHED\n", 8);
}

[[gnu::section(".preinit_array"), gnu::used]] static void (*const before_all)(int, char**, char**) = first;

Matrix running_sums(const Matrix& values) {
    Matrix sums = values;
    for (Index i = 1; i < sums.rows(); ++i) sums.row(i) += sums.row(i - 1);
    return sums;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
