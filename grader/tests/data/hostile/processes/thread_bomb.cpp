// tries: to start many threads and swallow every exception
// verdict: forbidden
// earns: 2
// wall: filter
// reaches: REACHED

#include "counting.hpp"

#include <cstdio>
#include <exception>
#include <thread>

namespace counting {

Matrix running_sums(const Matrix& values) {
    for (int i = 0; i < 100; ++i) {
        try {
            std::thread([] { std::puts("REACHED"); }).detach();
        } catch (const std::exception&) {
        }
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
