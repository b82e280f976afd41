// Reference of `@ID@`.
#include "@ID@.hpp"

#include <stdexcept>

namespace @ID@ {

Matrix center_rows(const Matrix& input) {
    if (input.cols() == 0) throw std::invalid_argument("the input must have at least one column");
    const Matrix mean = input.rowwise().mean();       // n_tokens x 1
    return input.colwise() - mean.col(0);             // n_tokens x d_model
}

}  // namespace @ID@
