// A right solution as carried over from "The Annotated Transformer": an arange, a div_term by exp and log, the even
// and the odd columns of one table through strides. The shift is found from an encoding, by solving for the turn.
#include "positional_encoding.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace positional_encoding {

namespace {

using Table = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Every2nd = Eigen::Map<Table, 0, Eigen::Stride<Eigen::Dynamic, 2>>;

Table positions(Index first, Index n, Index d_model) {
    Table pe(n, d_model);
    if (n == 0 || d_model == 0) return pe;
    const Index n_sines = (d_model + 1) / 2, n_cosines = d_model / 2;
    Eigen::ArrayXd position(n);
    for (Index i = 0; i < n; ++i) position(i) = static_cast<double>(first + i);
    const Eigen::Array<double, 1, Eigen::Dynamic> div_term =
        (Eigen::Array<double, 1, Eigen::Dynamic>::LinSpaced(n_sines, 0, static_cast<double>(2 * (n_sines - 1))) *
         (-std::log(10000.0) / static_cast<double>(d_model)))
            .exp();
    const Table angle = (position.matrix() * div_term.matrix()).array();
    Every2nd(pe.data(), n, n_sines, {d_model, 2}) = angle.unaryExpr([](double x) { return std::sin(x); });
    if (n_cosines > 0)
        Every2nd(pe.data() + 1, n, n_cosines, {d_model, 2}) =
            angle.leftCols(n_cosines).unaryExpr([](double x) { return std::cos(x); });
    return pe;
}

}  // namespace

RowVector encode_position(Index position, Index d_model) {
    if (position < 0) throw std::invalid_argument("position " + std::to_string(position));
    if (d_model < 1) throw std::invalid_argument("d_model " + std::to_string(d_model));
    return positions(position, 1, d_model).cast<Scalar>();
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    if (n_positions < 0) throw std::invalid_argument("n_positions " + std::to_string(n_positions));
    if (d_model < 1) throw std::invalid_argument("d_model " + std::to_string(d_model));
    return positions(0, n_positions, d_model).cast<Scalar>();
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    if (offset < 0) throw std::invalid_argument("offset " + std::to_string(offset));
    return embeddings + positions(offset, embeddings.rows(), embeddings.cols()).cast<Scalar>().matrix();
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    if (offset < 0) throw std::invalid_argument("offset " + std::to_string(offset));
    if (embeddings.cols() != table.cols()) throw std::invalid_argument("widths");
    const Index left = table.rows() - offset;
    if (left < embeddings.rows())
        throw std::invalid_argument(std::to_string(left) + " < " + std::to_string(embeddings.rows()));
    return embeddings +
           Eigen::Map<const Matrix>(table.data() + offset * table.cols(), embeddings.rows(), embeddings.cols());
}

Matrix shift_matrix(Index d_model, Index k) {
    if (d_model < 2 || d_model % 2) throw std::invalid_argument("d_model " + std::to_string(d_model));
    // Position 0 is (0, 1) in each pair: what it is moved to is the second row of the block.
    Matrix shift = Matrix::Zero(d_model, d_model);
    const Table moved = positions(k, 1, d_model);
    shift.diagonal<0>().setZero();
    for (Index j = 0; j < d_model; j += 2) {
        const auto target = moved.block<1, 2>(0, j).cast<Scalar>();
        shift.block<1, 2>(j + 1, j) = target.matrix();
        shift.block<1, 2>(j, j) << target(1), -target(0);
    }
    return shift;
}

}  // namespace positional_encoding
