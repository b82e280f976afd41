// Reference: sinusoidal and learned positions, and the rotation that shifts a position.
#include "positional_encoding.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace positional_encoding {

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

std::string text(Index number) { return std::to_string(number); }

/// Angle of the pair of columns 2i and 2i + 1. Always in double: the angles of far positions are large,
/// and a float would lose the digits that their sine depends on.
double angle(Index position, Index i, Index d_model) {
    const double exponent = 2.0 * static_cast<double>(i) / static_cast<double>(d_model);
    return static_cast<double>(position) / std::pow(10000.0, exponent);
}

}  // namespace

RowVector encode_position(Index position, Index d_model) {
    require(position >= 0, "a position cannot be negative, as " + text(position) + " is");
    require(d_model >= 1, "d_model must be at least 1, not " + text(d_model));
    RowVector encoding(d_model);
    for (Index column = 0; column < d_model; ++column) {
        const double a = angle(position, column / 2, d_model);
        encoding(column) = static_cast<Scalar>(column % 2 == 0 ? std::sin(a) : std::cos(a));
    }
    return encoding;
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    require(n_positions >= 0, "there cannot be " + text(n_positions) + " positions");
    require(d_model >= 1, "the table needs at least 1 column, not " + text(d_model));
    Matrix table(n_positions, d_model);
    for (Index p = 0; p < n_positions; ++p) table.row(p) = encode_position(p, d_model);
    return table;
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    if (embeddings.cols() == 0 && offset >= 0) return embeddings;  // nothing to add to
    require(offset >= 0, "the offset cannot be negative, as " + text(offset) + " is");
    Matrix sum = embeddings;  // n_tokens x d_model
    for (Index i = 0; i < sum.rows(); ++i) sum.row(i) += encode_position(offset + i, sum.cols());
    return sum;
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    // First of all, so that no sum below can overflow.
    require(offset <= table.rows(), "position " + text(offset) + " is not in a table of " + text(table.rows()));
    const Index n_tokens = embeddings.rows();
    require(embeddings.cols() == table.cols(),
            "embeddings have " + text(embeddings.cols()) + " columns, but the table has " + text(table.cols()));
    require(offset >= 0, "the offset cannot be negative, as " + text(offset) + " is");
    require(offset + n_tokens <= table.rows(), "the tokens end before position " + text(offset + n_tokens) +
                                                   ", but the table before position " + text(table.rows()));
    return embeddings + table.middleRows(offset, n_tokens);  // n_tokens x d_model
}

Matrix shift_matrix(Index d_model, Index k) {
    require(d_model >= 2 && d_model % 2 == 0, "d_model must be even and at least 2, not " + text(d_model));
    Matrix shift = Matrix::Zero(d_model, d_model);
    for (Index i = 0; i < d_model / 2; ++i) {
        const double a = angle(k, i, d_model);
        const auto sine = static_cast<Scalar>(std::sin(a)), cosine = static_cast<Scalar>(std::cos(a));
        // (sin b, cos b) times this block is (sin(b + a), cos(b + a)), whatever b is.
        shift.block(2 * i, 2 * i, 2, 2) = Matrix{{cosine, -sine}, {sine, cosine}};
    }
    return shift;
}

}  // namespace positional_encoding
