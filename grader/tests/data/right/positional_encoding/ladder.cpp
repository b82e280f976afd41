// A right solution in which each frequency is the one before it times a constant, in long double, and an angle is first
// brought into one turn by std::remainder.
#include "positional_encoding.hpp"

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace positional_encoding {

namespace {

using Long = long double;

template <class Each>
void for_pairs(Index position, Index d_model, Each each) {
    const Long step = std::pow(Long{10000}, -2 / static_cast<Long>(d_model));
    Long frequency = 1;
    for (Index j = 0; j < d_model; j += 2, frequency *= step) {
        const Long angle = std::remainder(static_cast<Long>(position) * frequency, 2 * std::numbers::pi_v<Long>);
        each(j, std::sin(angle), std::sin(std::numbers::pi_v<Long> / 2 - angle));
    }
}

[[noreturn]] void refuse() { throw std::invalid_argument("an argument that the header does not allow"); }

}  // namespace

RowVector encode_position(Index position, Index d_model) {
    if (position < 0) refuse();
    if (d_model < 1) refuse();
    return add_positions(Matrix::Zero(1, d_model), position).row(0);
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    if (n_positions < 0) refuse();
    if (d_model < 1) refuse();
    return add_positions(Matrix::Zero(n_positions, d_model), 0);
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    Matrix sum = embeddings;
    if (!(offset >= 0)) refuse();
    for (Index i = 0; i < sum.rows(); ++i)
        for_pairs(offset + i, sum.cols(), [&](Index j, Long sine, Long cosine) {
            sum(i, j) += static_cast<Scalar>(sine);
            if (j + 1 != sum.cols()) sum(i, j + 1) += static_cast<Scalar>(cosine);
        });
    return sum;
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    Matrix sum = embeddings;
    if (offset < 0 || embeddings.cols() != table.cols()) refuse();
    // One position after the other, until there are no more.
    auto position = table.rowwise().begin();
    const auto end = table.rowwise().end();
    if (offset > end - position) refuse();
    position += offset;
    for (Index i = 0; i < sum.rows(); ++i, ++position) {
        if (position == end) refuse();
        sum.row(i) += *position;
    }
    return sum;
}

Matrix shift_matrix(Index d_model, Index k) {
    if (d_model < 2 || d_model % 2 != 0) refuse();
    Matrix shift = Matrix::Zero(d_model, d_model);
    for_pairs(k, d_model, [&](Index j, Long sine, Long cosine) {
        Eigen::Matrix<Scalar, 2, 2> turn;
        turn << static_cast<Scalar>(cosine), static_cast<Scalar>(-sine), static_cast<Scalar>(sine),
            static_cast<Scalar>(cosine);
        shift.block<2, 2>(j, j) = turn;
    });
    return shift;
}

}  // namespace positional_encoding
