// A right solution that makes the whole table, from position 0 on, each time an encoding is asked for, and takes what
// it needs from the end; a column at a time.
#include "positional_encoding.hpp"

#include <cmath>
#include <stdexcept>

namespace positional_encoding {

static Matrix whole_table(Index n_positions, Index d_model) {
    if (n_positions < 0) throw std::invalid_argument("fewer than no positions");
    if (d_model < 1) throw std::invalid_argument("no columns");
    Matrix table(n_positions, d_model);
    for (Index column = 0; column < d_model; ++column) {
        const double per_position = std::pow(1e-4, static_cast<double>(column / 2 * 2) / static_cast<double>(d_model));
        Scalar* place = table.data() + column;
        for (Index p = 0; p < n_positions; ++p, place += d_model) {
            const double angle = static_cast<double>(p) * per_position;
            *place = static_cast<Scalar>(column % 2 == 0 ? std::sin(angle) : std::cos(angle));
        }
    }
    return table;
}

RowVector encode_position(Index position, Index d_model) {
    if (position < 0) throw std::invalid_argument("before the table");
    return whole_table(position + 1, d_model).bottomRows(1);
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) { return whole_table(n_positions, d_model); }

Matrix add_positions(const Matrix& embeddings, Index offset) {
    if (offset < 0) throw std::invalid_argument("before the table");
    const Index n_tokens = embeddings.rows();
    return embeddings + whole_table(offset + n_tokens, embeddings.cols()).bottomRows(n_tokens);
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    if (embeddings.cols() != table.cols()) throw std::invalid_argument("widths differ");
    if (offset < 0 || offset > table.rows()) throw std::invalid_argument("not in the table");
    const Matrix rest = table.bottomRows(table.rows() - offset);
    if (rest.rows() < embeddings.rows()) throw std::invalid_argument("the table ends too early");
    return rest.topRows(embeddings.rows()) + embeddings;
}

/// The position |k| has the sines and the cosines; to go back, the sines change sign.
Matrix shift_matrix(Index d_model, Index k) {
    if (d_model < 2 || d_model % 2 != 0) throw std::invalid_argument("no pairs");
    const RowVector turn = encode_position(k < 0 ? -k : k, d_model);
    Matrix shift = Matrix::Zero(d_model, d_model);
    for (Index first = 0; first < d_model; first += 2) {
        const Scalar sine = k < 0 ? -turn(first) : turn(first);
        shift.block(first, first, 2, 2) << turn(first + 1), -sine, sine, turn(first + 1);
    }
    return shift;
}

}  // namespace positional_encoding
