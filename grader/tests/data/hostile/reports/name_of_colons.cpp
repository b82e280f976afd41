// tries: to keep the report busy with a function whose name has 200000 colons
// verdict: crashed
// earns: 2
// wall: boundary

#include "counting.hpp"

#define COLONS_10 "::::::::::"
#define COLONS_100 COLONS_10 COLONS_10 COLONS_10 COLONS_10 COLONS_10 COLONS_10 COLONS_10 COLONS_10 COLONS_10 COLONS_10
#define COLONS_1000 COLONS_100 COLONS_100 COLONS_100 COLONS_100 COLONS_100 COLONS_100 COLONS_100 COLONS_100 COLONS_100 COLONS_100
#define COLONS_10000 COLONS_1000 COLONS_1000 COLONS_1000 COLONS_1000 COLONS_1000 COLONS_1000 COLONS_1000 COLONS_1000 COLONS_1000 COLONS_1000
#define COLONS_100000 COLONS_10000 COLONS_10000 COLONS_10000 COLONS_10000 COLONS_10000 COLONS_10000 COLONS_10000 COLONS_10000 COLONS_10000 COLONS_10000

namespace counting {

int evil(int depth) asm(COLONS_100000 COLONS_100000 "f");
__attribute__((noinline)) int evil(int depth) {
    volatile int* nothing = nullptr;
    *nothing = depth;
    return depth;
}

Matrix running_sums(const Matrix& values) {
    if (evil(1) == 2) return {};
    return values;
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
