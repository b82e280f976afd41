// A right solution in another order of work: an encoding is a row of complex numbers that turn. One
// turn is taken from the formula, all others are products of it.
#include "positional_encoding.hpp"

#include <cmath>
#include <complex>
#include <stdexcept>
#include <vector>

namespace positional_encoding {

using Complex = std::complex<double>;

/// cos + i sin of what each pair turns from one position to the next.
static std::vector<Complex> turns(Index d_model) {
    if (d_model < 1) throw std::invalid_argument("no columns");
    std::vector<Complex> result;
    const double ratio = std::pow(10000.0, -2.0 / static_cast<double>(d_model));
    double frequency = 1;
    for (Index first = 0; first < d_model; first += 2, frequency *= ratio) result.push_back(std::polar(1.0, frequency));
    return result;
}

/// By squaring.
static Complex power(Complex base, Index exponent) {
    Complex result = 1;
    for (; exponent > 0; exponent /= 2, base *= base) {
        if (exponent % 2 == 1) result *= base;
    }
    return result;
}

static void write_pair(Matrix& table, Index row, Index pair, Complex value) {
    table(row, 2 * pair) += static_cast<Scalar>(value.imag());
    if (2 * pair + 1 < table.cols()) table(row, 2 * pair + 1) += static_cast<Scalar>(value.real());
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    if (offset < 0) throw std::invalid_argument("negative offset");
    Matrix sum = embeddings;
    const std::vector<Complex> turn = turns(sum.cols());
    for (std::size_t pair = 0; pair < turn.size(); ++pair) {
        Complex value = power(turn[pair], offset);
        for (Index row = 0; row < sum.rows(); ++row, value *= turn[pair]) {
            write_pair(sum, row, static_cast<Index>(pair), value);
        }
    }
    return sum;
}

RowVector encode_position(Index position, Index d_model) {
    if (position < 0 || d_model < 1) throw std::invalid_argument("no such encoding");
    return add_positions(Matrix::Zero(1, d_model), position);
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    if (n_positions < 0 || d_model < 1) throw std::invalid_argument("no such table");
    return add_positions(Matrix::Zero(n_positions, d_model), 0);
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    if (table.cols() != embeddings.cols()) throw std::invalid_argument("widths differ");
    const Index behind = table.rows() - embeddings.rows() - offset;  // rows of the table that stay unused
    if (offset < 0 || behind < 0) throw std::invalid_argument("not in the table");
    Matrix sum = table.middleRows(offset, embeddings.rows());
    for (Index column = sum.cols() - 1; column >= 0; --column) sum.col(column) += embeddings.col(column);
    return sum;
}

Matrix shift_matrix(Index d_model, Index k) {
    if (d_model < 2 || d_model % 2 != 0) throw std::invalid_argument("no pairs");
    Matrix one = Matrix::Zero(d_model, d_model);
    const std::vector<Complex> turn = turns(d_model);
    for (Index i = 0; i < d_model; i += 2) {
        const Complex value = turn[static_cast<std::size_t>(i / 2)];
        one(i, i) = one(i + 1, i + 1) = static_cast<Scalar>(value.real());
        one(i + 1, i) = static_cast<Scalar>(value.imag());
        one(i, i + 1) = -one(i + 1, i);
    }
    if (k < 0) one.transposeInPlace();  // a rotation's transpose turns back
    Matrix shift = Matrix::Identity(d_model, d_model);
    for (Index step = std::abs(k); step > 0; step /= 2) {
        if (step % 2 == 1) shift = shift * one;
        one = one * one;
    }
    return shift;
}

}  // namespace positional_encoding
