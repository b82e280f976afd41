// Complex numbers: a pair of columns is one point on the circle, a shift is a product.
#include "positional_encoding.hpp"

#include <cmath>
#include <complex>
#include <stdexcept>

namespace positional_encoding {
namespace {

std::complex<double> point(Index position, Index pair, Index d_model) {
    const double slowness = std::exp(std::log(10000.0) * static_cast<double>(2 * pair) / static_cast<double>(d_model));
    return std::polar(1.0, static_cast<double>(position) / slowness);
}

template <class Row>
void add_encoding(Row row, Index position, Index d_model) {
    for (Index j = 0; j < d_model; j += 2) {
        const auto z = point(position, j / 2, d_model);
        row(j) += static_cast<Scalar>(z.imag());
        if (j + 1 < d_model) row(j + 1) += static_cast<Scalar>(z.real());
    }
}

void must(bool fits, const char* what) {
    if (!fits) throw std::invalid_argument(what);
}

}  // namespace

RowVector encode_position(Index position, Index d_model) {
    must(d_model > 0, "columns");
    return sinusoidal_encoding(1, 1).size() == 1 && position >= 0
               ? RowVector(add_positions(Matrix::Zero(1, d_model), position))
               : throw std::invalid_argument("position");
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    must(n_positions >= 0 && d_model >= 1, "shape");
    return add_positions(Matrix::Zero(n_positions, d_model), 0);
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    must(offset >= 0, "offset");
    Matrix sum = embeddings;
    for (Index i = sum.rows(); i-- > 0;) add_encoding(sum.row(i), offset + i, sum.cols());
    return sum;
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    must(embeddings.cols() == table.cols(), "width");
    must(offset >= 0 && offset <= table.rows() && embeddings.rows() <= table.rows() - offset, "table ends");
    Matrix sum = embeddings;
    for (Index at = 0; at < sum.size(); ++at) sum.data()[at] += table.data()[at + offset * table.cols()];
    return sum;
}

Matrix shift_matrix(Index d_model, Index k) {
    must(d_model > 0 && d_model % 2 == 0, "pairs");
    Matrix shift = Matrix::Zero(d_model, d_model);
    for (Index j = 0; j < d_model; j += 2) {
        const auto z = point(k, j / 2, d_model);
        shift(j, j) = shift(j + 1, j + 1) = static_cast<Scalar>(z.real());
        shift(j + 1, j) = static_cast<Scalar>(z.imag());
        shift(j, j + 1) = -shift(j + 1, j);
    }
    return shift;
}

}  // namespace positional_encoding
