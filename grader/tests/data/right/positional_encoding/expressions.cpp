// A right solution in whole-matrix expressions, as one writes it in NumPy or PyTorch: all angles at
// once, frequencies by exp(-log(10000) * 2i / d_model), everything in Scalar.
#include "positional_encoding.hpp"

#include <cmath>
#include <stdexcept>

namespace positional_encoding {

using Row = Eigen::Array<Scalar, 1, Eigen::Dynamic>;
using Grid = Eigen::Array<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// One for each pair, the pair without a cosine included.
static Row frequencies(Index d_model) {
    const Index n_pairs = (d_model + 1) / 2;
    const Row twice_i = Row::LinSpaced(n_pairs, 0, static_cast<Scalar>(2 * (n_pairs - 1)));
    return (twice_i * (-std::log(Scalar(10000)) / static_cast<Scalar>(d_model))).exp();
}

static Matrix encodings(Index first, Index count, Index d_model) {
    if (first < 0 || count < 0 || d_model < 1) throw std::invalid_argument("there is no such table");
    Matrix table(count, d_model);
    if (count == 0) return table;
    const Row positions = Row::LinSpaced(count, static_cast<Scalar>(first), static_cast<Scalar>(first + count - 1));
    const Matrix angles = positions.matrix().transpose() * frequencies(d_model).matrix();
    const Grid sines = angles.array().sin(), cosines = angles.array().cos();
    table(Eigen::all, Eigen::seqN(0, (d_model + 1) / 2, 2)) = sines.matrix();
    table(Eigen::all, Eigen::seqN(1, d_model / 2, 2)) = cosines.leftCols(d_model / 2).matrix();
    return table;
}

RowVector encode_position(Index position, Index d_model) { return encodings(position, 1, d_model); }

Matrix sinusoidal_encoding(Index n_positions, Index d_model) { return encodings(0, n_positions, d_model); }

Matrix add_positions(const Matrix& embeddings, Index offset) {
    return embeddings + encodings(offset, embeddings.rows(), embeddings.cols());
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    const bool fits = embeddings.cols() == table.cols() && offset >= 0 && offset + embeddings.rows() <= table.rows();
    if (!fits) throw std::invalid_argument("embeddings and table do not fit");
    return embeddings + table.block(offset, 0, embeddings.rows(), embeddings.cols());
}

Matrix shift_matrix(Index d_model, Index k) {
    if (d_model < 2 || d_model % 2 == 1) throw std::invalid_argument("d_model must be even");
    const Row angles = frequencies(d_model) * static_cast<Scalar>(k);
    RowVector diagonal(d_model), beside = RowVector::Zero(d_model - 1);
    diagonal(Eigen::seqN(0, d_model / 2, 2)) = angles.cos().matrix();
    diagonal(Eigen::seqN(1, d_model / 2, 2)) = angles.cos().matrix();
    beside(Eigen::seqN(0, d_model / 2, 2)) = angles.sin().matrix();
    Matrix shift = diagonal.asDiagonal();
    shift.diagonal(1) = -beside;
    shift.diagonal(-1) = beside;
    return shift;
}

}  // namespace positional_encoding
