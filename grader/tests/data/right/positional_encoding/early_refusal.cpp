// A right solution that refuses at once whatever the header lets it refuse, embeddings without columns, too, and then
// builds everything from one table of cosines: a sine is a cosine a quarter of a turn later.
#include "positional_encoding.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>

namespace positional_encoding {

static void at_least(const char* what, Index number, Index least) {
    if (number < least) throw std::invalid_argument(what + (" must not be " + std::to_string(number)));
}

static double frequency(Index column, Index d_model) {
    return 1 / std::pow(100.0, 2 * static_cast<double>(column - column % 2) / static_cast<double>(d_model));
}

/// Rows `first` to first + count - 1 of the endless table.
static Matrix rows_of_the_table(Index first, Index count, Index d_model) {
    Matrix rows(count, d_model);
    for (Index column = 0; column < d_model; ++column) {
        const double turn = frequency(column, d_model), later = column % 2 == 0 ? std::numbers::pi / 2 : 0;
        for (Index i = 0; i < count; ++i) {
            rows(i, column) = static_cast<Scalar>(std::cos(static_cast<double>(first + i) * turn - later));
        }
    }
    return rows;
}

RowVector encode_position(Index position, Index d_model) {
    at_least("position", position, 0);
    at_least("d_model", d_model, 1);
    return rows_of_the_table(position, 1, d_model);
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    at_least("n_positions", n_positions, 0);
    at_least("d_model", d_model, 1);
    return rows_of_the_table(0, n_positions, d_model);
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    at_least("offset", offset, 0);
    at_least("d_model", embeddings.cols(), 1);
    return rows_of_the_table(offset, embeddings.rows(), embeddings.cols()) + embeddings;
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    at_least("offset", offset, 0);
    at_least("columns that are missing", -std::abs(table.cols() - embeddings.cols()), 0);
    at_least("positions that are left", table.rows() - offset - embeddings.rows(), 0);
    return table.block(offset, 0, embeddings.rows(), embeddings.cols()) + embeddings;
}

Matrix shift_matrix(Index d_model, Index k) {
    at_least("d_model", d_model, 2);
    at_least("what is left over", -(d_model % 2), 0);
    Matrix shift = Matrix::Zero(d_model, d_model);
    for (Index column = 0; column < d_model; ++column) {
        const double angle = static_cast<double>(k) * frequency(column, d_model);
        const Index other = column % 2 == 0 ? column + 1 : column - 1;
        shift(column, column) = static_cast<Scalar>(std::cos(angle));
        shift(other, column) = static_cast<Scalar>(column % 2 == 0 ? std::sin(angle) : -std::sin(angle));
    }
    return shift;
}

}  // namespace positional_encoding
