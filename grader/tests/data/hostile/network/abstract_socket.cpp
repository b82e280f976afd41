// tries: to connect to a service of the same machine that has no file
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdio>

namespace counting {

Matrix running_sums(const Matrix& values) {
    const int end = socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address{AF_UNIX, "\0/tmp/.X11-unix/X0"};
    if (connect(end, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) std::puts("REACHED");
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
