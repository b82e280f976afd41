// A right solution in long double: angles, sines and sums have more digits than Scalar, and are rounded once, at the
// end; the table is written from its last column to its first.
#include "positional_encoding.hpp"

#include <cmath>
#include <stdexcept>

namespace positional_encoding {

using Long = long double;

static void refuse_if(bool wrong, const char* what) {
    if (wrong) throw std::invalid_argument(what);
}

static Long turned(Index position, Index pair, Index d_model) {
    return static_cast<Long>(position) *
           std::exp(-std::log(Long{10000}) * static_cast<Long>(2 * pair) / static_cast<Long>(d_model));
}

static Long entry(Index position, Index column, Index d_model) {
    const Long angle = turned(position, column / 2, d_model);
    return column % 2 == 0 ? std::sin(angle) : std::cos(angle);
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    refuse_if(n_positions < 0, "fewer than no positions");
    refuse_if(d_model < 1, "no columns");
    Matrix table(n_positions, d_model);
    for (Index j = d_model; j-- > 0;) {
        for (Index p = 0; p < n_positions; ++p) table(p, j) = static_cast<Scalar>(entry(p, j, d_model));
    }
    return table;
}

RowVector encode_position(Index position, Index d_model) {
    refuse_if(position < 0, "before the first position");
    refuse_if(d_model < 1, "no columns");
    RowVector row(d_model);
    for (Index j = d_model; j-- > 0;) row(j) = static_cast<Scalar>(entry(position, j, d_model));
    return row;
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    refuse_if(offset < 0, "before the first position");
    Matrix sum(embeddings.rows(), embeddings.cols());
    for (Index j = embeddings.cols(); j-- > 0;) {
        for (Index i = 0; i < embeddings.rows(); ++i) {
            sum(i, j) = static_cast<Scalar>(embeddings(i, j) + entry(offset + i, j, embeddings.cols()));
        }
    }
    return sum;
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    refuse_if(embeddings.cols() != table.cols(), "widths differ");
    refuse_if(offset < 0, "before the table");
    refuse_if(offset > table.rows() - embeddings.rows(), "behind the table");
    Matrix sum = embeddings;
    for (Index i = embeddings.rows(); i-- > 0;) {
        for (Index j = 0; j < embeddings.cols(); ++j) {
            sum(i, j) = static_cast<Scalar>(static_cast<Long>(table(offset + i, j)) + embeddings(i, j));
        }
    }
    return sum;
}

Matrix shift_matrix(Index d_model, Index k) {
    refuse_if(d_model < 2 || d_model % 2 != 0, "no pairs");
    Matrix shift = Matrix::Zero(d_model, d_model);
    for (Index pair = d_model / 2; pair-- > 0;) {
        const Long angle = turned(k, pair, d_model);
        shift(2 * pair, 2 * pair) = shift(2 * pair + 1, 2 * pair + 1) = static_cast<Scalar>(std::cos(angle));
        shift(2 * pair + 1, 2 * pair) = static_cast<Scalar>(std::sin(angle));
        shift(2 * pair, 2 * pair + 1) = static_cast<Scalar>(-std::sin(angle));
    }
    return shift;
}

}  // namespace positional_encoding
