// A right solution in plain loops: one element after the other, with std::pow.
#include "positional_encoding.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace positional_encoding {

static double element(Index position, Index column, Index d_model) {
    Index even = column - column % 2;
    double angle = position / std::pow(10000., even / (double)d_model);
    if (column % 2 == 1) return std::cos(angle);
    return std::sin(angle);
}

RowVector encode_position(Index position, Index d_model) {
    if (position < 0) throw std::invalid_argument("position < 0");
    if (d_model <= 0) throw std::invalid_argument("d_model <= 0");
    RowVector result(d_model);
    for (Index column = 0; column < d_model; column++) {
        result(column) = element(position, column, d_model);
    }
    return result;
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    if (n_positions < 0 || d_model <= 0) throw std::invalid_argument("bad size of the table");
    Matrix result(n_positions, d_model);
    for (Index row = 0; row < n_positions; row++) {
        for (Index column = 0; column < d_model; column++) {
            result(row, column) = element(row, column, d_model);
        }
    }
    return result;
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    if (offset < 0) throw std::invalid_argument("offset < 0");
    Matrix result(embeddings.rows(), embeddings.cols());
    for (Index row = 0; row < embeddings.rows(); row++) {
        for (Index column = 0; column < embeddings.cols(); column++) {
            result(row, column) = embeddings(row, column) + element(offset + row, column, embeddings.cols());
        }
    }
    return result;
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    if (offset < 0) throw std::invalid_argument("offset < 0");
    if (embeddings.cols() != table.cols()) {
        throw std::invalid_argument("widths " + std::to_string(embeddings.cols()) + " and " +
                                    std::to_string(table.cols()));
    }
    if (offset > table.rows()) throw std::invalid_argument("offset > " + std::to_string(table.rows()));
    Matrix result(embeddings.rows(), embeddings.cols());
    for (Index row = 0; row < embeddings.rows(); row++) {
        if (offset + row >= table.rows()) {
            throw std::invalid_argument("no row " + std::to_string(offset + row) + " in " +
                                        std::to_string(table.rows()));
        }
        for (Index column = 0; column < embeddings.cols(); column++) {
            result(row, column) = embeddings(row, column) + table(offset + row, column);
        }
    }
    return result;
}

Matrix shift_matrix(Index d_model, Index k) {
    if (d_model <= 0) throw std::invalid_argument("d_model <= 0");
    if (d_model % 2 != 0) throw std::invalid_argument("d_model is odd");
    Matrix result(d_model, d_model);
    for (Index row = 0; row < d_model; row++) {
        for (Index column = 0; column < d_model; column++) {
            double angle = k / std::pow(10000., (row / 2) * 2 / (double)d_model);
            if (row / 2 != column / 2) {
                result(row, column) = 0;
            } else if (row == column) {
                result(row, column) = std::cos(angle);
            } else if (row > column) {
                result(row, column) = std::sin(angle);
            } else {
                result(row, column) = -std::sin(angle);
            }
        }
    }
    return result;
}

}  // namespace positional_encoding
