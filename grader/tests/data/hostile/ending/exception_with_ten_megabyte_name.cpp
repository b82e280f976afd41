// tries: to throw an exception whose type has a name of ten megabytes
// verdict: failed or timed_out
// earns: 2
// wall: boundary

#include "counting.hpp"

namespace counting {

namespace {

template <class First, class Second>
struct Pair {};

template <int depth>
struct Nested {
    using Type = Pair<typename Nested<depth - 1>::Type, typename Nested<depth - 1>::Type>;
};

template <>
struct Nested<0> {
    using Type = int;
};

}  // namespace

Matrix running_sums(const Matrix& values) { throw Nested<19>::Type(); }

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 1; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
