// A right solution by tangents of half the angle: sin = 2 t / (1 + t^2), cos = (1 - t^2) / (1 + t^2). Frequencies of a
// width are kept between calls.
#include "positional_encoding.hpp"

#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

namespace positional_encoding {

namespace {

const std::vector<double>& periods(Index d_model) {
    static std::map<Index, std::vector<double>> known;
    std::vector<double>& list = known[d_model];
    for (Index i = std::ssize(list); 2 * i < d_model; ++i)
        list.push_back(std::exp(std::log(10000.0) / static_cast<double>(d_model) * static_cast<double>(2 * i)));
    return list;
}

std::pair<double, double> sine_and_cosine(double angle) {
    const double t = std::tan(angle / 2), square = t * t;
    return {2 * t / (1 + square), (1 - square) / (1 + square)};
}

template <class Row>
void add(Row&& row, Index position) {
    const std::vector<double>& list = periods(row.cols());
    for (Index j = 0; j < row.cols(); j += 2) {
        const auto [sine, cosine] =
            sine_and_cosine(static_cast<double>(position) / list[static_cast<std::size_t>(j / 2)]);
        row(j) += static_cast<Scalar>(sine);
        if (j + 1 < row.cols()) row(j + 1) += static_cast<Scalar>(cosine);
    }
}

void refuse_if(bool wrong, const char* why) {
    if (wrong) throw std::invalid_argument(why);
}

}  // namespace

RowVector encode_position(Index position, Index d_model) {
    refuse_if(position < 0 || d_model < 1, "position >= 0 and d_model >= 1");
    RowVector row = RowVector::Zero(d_model);
    add(row, position);
    return row;
}

Matrix sinusoidal_encoding(Index n_positions, Index d_model) {
    refuse_if(n_positions < 0 || d_model < 1, "n_positions >= 0 and d_model >= 1");
    return add_positions(Matrix::Zero(n_positions, d_model), 0);
}

Matrix add_positions(const Matrix& embeddings, Index offset) {
    refuse_if(offset < 0, "offset >= 0");
    Matrix sum(embeddings);
    Index position = offset;
    for (auto row : sum.rowwise()) add(row, position++);
    return sum;
}

Matrix add_learned_positions(const Matrix& embeddings, const Matrix& table, Index offset) {
    refuse_if(offset < 0, "offset >= 0");
    refuse_if(table.cols() != embeddings.cols(), "one width");
    refuse_if(embeddings.rows() > table.rows() || offset > table.rows() - embeddings.rows(),
              "behind the end of the table");
    return table(Eigen::seqN(offset, embeddings.rows()), Eigen::all) + embeddings;
}

Matrix shift_matrix(Index d_model, Index k) {
    refuse_if(d_model < 2 || d_model & 1, "an even d_model");
    const Matrix one = Matrix::Identity(d_model, d_model);
    Matrix swapped = Matrix::Zero(d_model, d_model);  // turns (sin, cos) into (cos, -sin)
    for (Index j = 0; j < d_model; ++j) swapped(j, j ^ 1) = j % 2 == 0 ? -1 : 1;
    RowVector sines(d_model), cosines(d_model);
    for (Index j = 0; j < d_model; ++j) {
        const auto both = sine_and_cosine(static_cast<double>(k) / periods(d_model)[static_cast<std::size_t>(j / 2)]);
        sines(j) = static_cast<Scalar>(both.first);
        cosines(j) = static_cast<Scalar>(both.second);
    }
    return one * cosines.asDiagonal() + swapped * sines.asDiagonal();
}

}  // namespace positional_encoding
