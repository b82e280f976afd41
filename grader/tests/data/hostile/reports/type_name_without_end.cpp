// tries: a short type whose name, written out, is longer than all memory
// verdict: failed or out_of_memory or timed_out
// earns: 2
// wall: limits

#include "counting.hpp"

namespace counting {

template <class A, class B, class C, class D>
struct Tuple {};
template <class T>
using Two = Tuple<Tuple<T, T, T, T>, Tuple<T, T, T, T>, Tuple<T, T, T, T>, Tuple<T, T, T, T>>;
template <class T>
using Four = Two<Two<T>>;

Matrix running_sums(const Matrix&) { throw Four<Four<Four<Four<int>>>>(); }

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
