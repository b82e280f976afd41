// tries: to keep the compiler busy for years with 2^60 different templates
// verdict: build_failed
// earns: 0
// wall: compile

#include "counting.hpp"

template <unsigned long Path, int N>
struct Tree {
    Tree<2 * Path, N - 1> left;
    Tree<2 * Path + 1, N - 1> right;
};
template <unsigned long Path>
struct Tree<Path, 0> {};
static_assert(sizeof(Tree<1, 60>) > 0);

namespace counting {

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
