// The header that is compiled once, so that a learner's file compiles in well under a second.
// Nearly all the time of such a file is Eigen's templates: the functions below use the expressions
// that solutions are made of, and with -fpch-instantiate-templates -fpch-codegen their code is
// generated here, optimised, instead of in every learner's object. Nobody calls them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

// These functions themselves are never run, and optimising them costs seconds.
#pragma clang optimize off

namespace qkv::warm {

inline Matrix products(const Matrix& a, const Matrix& b, const RowVector& bias, Scalar factor) {
    Matrix c = a * b;
    c = a * b.transpose();
    c = a.transpose() * b;
    c = (a * b.transpose()) * factor;
    c = (a * b.transpose()) / factor;
    c = a * b.transpose() / std::sqrt(static_cast<Scalar>(a.cols()));
    c.noalias() = a * b;
    c.noalias() += a * b;
    c.noalias() = a * b.transpose();
    c += a * b;
    c = (a * b).rowwise() + bias;
    c.row(0) = a.row(0) * b;
    c.row(0).noalias() = a.row(0) * b;
    const RowVector row = a.row(0) * b;
    const Matrix copy = (a * b.transpose()).eval();
    const Matrix scores = a * b.transpose() / factor;
    const Matrix scaled = (a * b.transpose()) * factor;
    const Matrix product = a * b;
    const Matrix chain = a * b * a.transpose();
    const Matrix sum = (a * b).rowwise() + bias;
    const Matrix divided = a / factor * b.transpose();
    const Matrix multiplied = factor * a * b.transpose();
    const Matrix columns = a.transpose() * b;
    return c + copy * row.dot(bias) + scores + scaled + product + chain + sum + divided + multiplied + columns;
}

/// Products with a transpose of what is not constant, and those that gradients and tiles are added up of.
inline Matrix added_products(Matrix a, Matrix b, const RowVector& weights, Index start, Index size, Scalar factor) {
    Matrix c = a.transpose() * b;
    c += a.transpose() * b;
    c.middleRows(start, size) += a * b;
    c.middleRows(start, size) += factor * a * b;
    c.middleRows(start, size) += a.transpose() * b;
    c.middleRows(start, size) += factor * a.transpose() * b;
    const Matrix scores = a * b.transpose();
    const Matrix scaled = weights.asDiagonal() * a;
    const Matrix divided = weights.cwiseInverse().asDiagonal() * a;
    return c + scores + scaled + divided;
}

inline Matrix blocks(const Matrix& a, const Matrix& b, Index start, Index size) {
    Matrix c = a.middleCols(start, size) * b.middleCols(start, size).transpose();
    c = a.block(0, start, a.rows(), size) * b.block(0, start, b.rows(), size).transpose();
    c.middleCols(start, size) = a * b;
    c.middleCols(start, size) = a;
    c.block(0, start, c.rows(), size) = a;
    c.topRows(size) = a.topRows(size);
    c.row(start) = a.row(start);
    c.col(start) = a.col(start);
    c.row(start).setZero();
    c.row(start) /= size;
    c.row(start) *= a(0, 0);
    c.row(start) += a(0, 1) * b.row(start);
    c.row(start) += b.row(start);
    c.row(start) = c.row(start) / a(0, 0);
    c.row(start) = c.row(start) * a(0, 0);
    c(start, size) = a.row(start).dot(b.row(size));
    c(0, 0) += a(start, size) * b(size, start);
    c(0, 0) = a.row(0).sum() + a.row(0).maxCoeff() + a.row(0).mean() + a.row(0).minCoeff();
    c(0, 0) += a.row(0).squaredNorm() + a.row(0).norm() + a.sum() + a.maxCoeff() + a.mean();
    const Matrix left = a.leftCols(size);
    const Matrix middle = a.middleCols(start, size);
    const Matrix top = a.middleRows(start, size);
    const RowVector row = a.row(start);
    return c + left + middle + top + row.replicate(c.rows(), 1);
}

inline Matrix softmaxes(const Matrix& a) {
    const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> largest = a.rowwise().maxCoeff();
    Matrix c = a.colwise() - largest;
    c = (a.colwise() - largest).array().exp().matrix();
    c = (a.colwise() - largest).array().exp();
    c = c.array().exp();
    c = c.array().exp().matrix();
    const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> sums = c.rowwise().sum();
    c.array().colwise() /= sums.array();
    c = c.array().colwise() / sums.array();
    c = c.array().colwise() / c.rowwise().sum().array();
    c.array().colwise() /= c.rowwise().sum().array();
    c = sums.cwiseInverse().asDiagonal() * c;
    c.row(0) = (a.row(0).array() - a(0, 0)).exp();
    c.row(0) = (a.row(0).array() - a(0, 0)).exp().matrix();
    c.row(0).array() -= a(0, 0);
    c.row(0) = c.row(0).array().exp();
    RowVector row = (a.row(0).array() - a.row(0).maxCoeff()).exp();
    row /= row.sum();
    c.row(0) = row;
    c.row(0) = row / row.sum();
    if (c.row(0).minCoeff() < c.row(0).sum()) c.row(0) = (c.row(0).array() < a(0, 0)).select(Scalar{0}, c.row(0));
    const Matrix normalised = a.array().colwise() / a.rowwise().sum().array();
    const RowVector log_softmax = a.row(0).array() - std::log(a.row(0).array().exp().sum());
    return c + normalised + (log_softmax * row.array().exp().sum()).replicate(c.rows(), 1);
}

inline Matrix selections(const Matrix& a, const Mask& mask, Scalar low) {
    Matrix c = mask.select(a, low);
    c = mask.select(a.array(), low);
    c = mask.select(a, Matrix::Constant(a.rows(), a.cols(), low));
    c = (mask.matrix()).select(a, low);
    c = mask.cast<Scalar>().matrix().cwiseProduct(a);
    Mask other = Mask::Constant(a.rows(), a.cols(), true);
    other(0, 1) = mask(1, 0) && mask.row(0).any();
    other.row(0) = mask.row(0);
    other.col(0).setConstant(mask.all());
    other = mask && other;
    other = !mask;
    return other.select(c, a);
}

inline Matrix elementwise(const Matrix& a, const Matrix& b, const RowVector& gain, Scalar factor) {
    Matrix c = a + b;
    c = a - b;
    c += b;
    c -= b;
    c *= factor;
    c /= factor;
    c = a * factor;
    c = factor * a;
    c = a / factor;
    c = a.cwiseProduct(b);
    c = a.cwiseMax(factor);
    c = a.array().tanh();
    c = a.array().tanh().matrix();
    c = a.array() * b.array();
    c = (a.array() * b.array()).matrix();
    c = a.array().sin();
    c = c.array().cos();
    c = a.array().sqrt();
    c = a.array().exp().rowwise().sum().log();
    c = a.cwiseProduct(b).rowwise().sum();
    c = a.rowwise() + gain;
    c = a.transpose();
    c.rowwise() += gain;
    c.row(0) += gain;
    c.row(0) = a.row(0) + b.row(0);
    c.row(0) = a.row(0).cwiseProduct(gain);
    c.array().rowwise() *= gain.array();
    const RowVector sums = a.row(0) + b.row(0);
    const RowVector tanhs = (a.row(0) + b.row(0)).array().tanh();
    c(0, 0) = (a.row(0) + b.row(0)).array().tanh().matrix().dot(gain) + sums.dot(tanhs);
    c(0, 0) += gain(0) * std::tanh(a(0, 0) + b(0, 0)) + (a.row(0) * gain.transpose())(0, 0);
    c.col(0) = a * gain.transpose();
    c.col(0) = (a.rowwise() + gain).array().tanh().matrix() * gain.transpose();
    const Matrix hidden = (a.rowwise() + b.row(0)).array().tanh();
    const Matrix shifted = a.rowwise() + b.row(0);
    const Matrix added = a + b;
    const Matrix placed = a + b.middleRows(1, a.rows());
    c.row(0) = gain * hidden.transpose();
    c.row(0) = (hidden * gain.transpose()).transpose();
    return c + shifted + added + placed;
}

inline Matrix constructions(Index rows, Index cols, const Matrix& a, const RowVector& row) {
    Matrix c(rows, cols);
    c = Matrix::Zero(rows, cols);
    c = Matrix{{row(0), row(1)}, {row(1), row(0)}};
    c.block(0, 0, 2, 2) << row(0), row(1), row(1), row(0);
    c.block<2, 2>(0, 0) = Matrix{{row(0), row(1)}, {row(1), row(0)}};
    c = Matrix::Constant(rows, cols, row(0));
    c = Matrix::Ones(rows, cols);
    c = Matrix::Identity(rows, cols);
    c.setZero();
    c.resize(rows, cols);
    RowVector other(cols);
    other = RowVector::Zero(cols);
    other = RowVector::LinSpaced(cols, row(0), row(1));
    other = row;
    other(0) = row(1);
    other << row;
    Mask mask(rows, cols);
    mask.setConstant(true);
    mask = Mask::Constant(rows, cols, false);
    std::vector<Matrix> list;
    list.push_back(c);
    list.emplace_back(a);
    list.reserve(4);
    std::vector<bool> flags(static_cast<std::size_t>(rows), true);
    mask(0, 0) = flags[0] || flags.size() == 3;
    const std::string text = "shape " + std::to_string(rows) + " x " + std::to_string(cols);
    if (a.rows() != rows) throw std::invalid_argument(text);
    if (!a.allFinite()) throw std::invalid_argument("not finite");
    return list.back() + other.replicate(rows, 1) + mask.select(a, c);
}

inline RowVector vectors(const RowVector& x, const RowVector& y, const Matrix& a, const Matrix& b, Scalar factor) {
    RowVector r = x + y;
    r = x - y;
    r += y;
    r -= y;
    r *= factor;
    r = x * factor;
    r = factor * x;
    r = x / factor;
    r = x.cwiseProduct(y);
    r = factor * x + (1 - factor) * y;
    r = x * a;
    r.noalias() = x * a;
    r = x * a + y;
    r = x * a.transpose();
    r = factor * x * a.transpose();
    r = x.segment(0, 1);
    r = a.rowwise().norm();
    r = a.rowwise().squaredNorm() / factor;
    r = a.cwiseProduct(b).rowwise().sum();
    r = (x - y).cwiseMax(0);
    r = x.array() - factor;
    r = (x.array() - x.maxCoeff()).exp();
    r = (r.array() - r.maxCoeff()).exp();
    r = (factor * (x.array() - x.maxCoeff())).exp();
    r = (x.array() - x.mean()).matrix();
    r = a.row(0).array() - a.row(0).mean();
    r = x.array() * y.array();
    r = x.array().exp();
    r = x.array().pow(factor);
    r = x.array().pow(factor) / factor;
    r = x.array().pow(factor) / x.array().pow(factor).sum();
    r = a.colwise().sum();
    r = a.colwise().mean();
    r = a.cwiseProduct(b).colwise().sum();
    r = (a.array() * b.array()).colwise().sum();
    r = a.col(0);
    r = a.col(0).transpose();
    r(0) = x.dot(a.row(0)) + a.row(0).dot(x) + x.dot(y) + x.norm() + x.squaredNorm() + x.minCoeff() + x.sum();
    const RowVector product = x * a;
    const RowVector row_product = a.row(0) * b;
    const RowVector shifted = a.row(0).array() - a.row(0).mean();
    const RowVector centered = a.row(0).array() - factor;
    const RowVector largest = (x.array() - x.maxCoeff()).exp();
    const RowVector own_largest = (r.array() - r.maxCoeff()).exp();
    const RowVector quotient = x / factor;
    const RowVector sums = a.colwise().sum();
    const RowVector weighted = a.cwiseProduct(b).colwise().sum();
    const RowVector column = a.col(0);
    Matrix copy = a;
    const RowVector own_column = copy.col(0);
    const RowVector own_row = copy.bottomRows(1);
    const RowVector own_sums = copy.colwise().sum();
    const RowVector mixed = factor * x + (1 - factor) * y;
    const RowVector powers = x.array().pow(factor);
    const RowVector quotients = (x.array() / factor).pow(factor);
    const bool bounded = (x.array() >= 0).all() && (x.array() <= factor).all() && x.allFinite();
    return bounded && x.size() == y.size()
               ? RowVector(r + product + row_product + shifted + centered + largest + quotient)
               : RowVector(sums + weighted + column + mixed + powers + quotients + own_column + own_row + own_sums +
                           own_largest);
}

inline Matrix rows(const Matrix& a, const Matrix& b, const RowVector& gain, const RowVector& bias, Scalar factor) {
    Matrix c = a;
    c.row(0) = factor * b.row(0);
    c.row(0) = b.row(0) * factor;
    c.row(0) = gain.cwiseProduct(bias) + bias;
    c.row(0) = (a.row(0).array() - a.row(0).mean()) / factor;
    c.row(0) = (a.row(0).array() - factor) / factor * gain.array() + bias.array();
    c.row(0) = gain.array() * bias.array() + gain.array();
    c.row(0) = gain;
    c.row(0) = gain * a;
    c.topRows(1) = a.bottomRows(1);
    c.bottomRows(1) = a.bottomRows(1);
    c.topRows(1) += a;
    c.middleRows(0, 1) = a;
    c.row(0).segment(0, a.size()) = a.block(0, 0, a.rows(), a.cols()).reshaped<Eigen::RowMajor>(1, a.size());
    c.topRows(a.rows()) += a;
    c += a.topRows(a.rows()).colwise().reverse();
    c += gain.transpose() * bias;
    c += a.topRows(a.rows());
    c = gain.transpose() * bias;
    c.array() *= 1 - (gain.transpose() * bias).array();
    c = a.array() * (1 - (gain.transpose() * bias).array());
    c = a.cwiseProduct(b);
    c = a.cwiseMax(factor);
    c = a.cwiseMax(0);
    c = a.unaryExpr(static_cast<Scalar (*)(Scalar)>(std::erf));
    const Matrix positive = a.cwiseMax(0);
    const Matrix erfs = a.unaryExpr(static_cast<Scalar (*)(Scalar)>(std::erf));
    const Matrix one_row = a.row(0);
    const Matrix as_matrix = gain;
    const RowVector as_row = a.topRows(1);
    const RowVector flattened = as_matrix;
    const Matrix zeros = Matrix::Zero(a.rows(), a.cols());
    const Matrix constants = Matrix::Constant(a.rows(), a.cols(), factor);
    return c + positive + erfs + one_row + as_matrix + zeros + constants + (as_row + flattened).replicate(a.rows(), 1);
}

inline Mask masks(const Mask& a, const Mask& b, Index size) {
    const Mask both = a && b;
    const Mask either = a || b;
    const Mask not_one = !a;
    const Mask none = Mask::Constant(size, size, true);
    Mask c(size, size);
    c.row(0) = a.row(0) && b.row(0);
    c = a.block(0, 0, size, size);
    return (both || either) && (not_one || none) && c;
}

inline std::size_t lists(const RowVector& x, Matrix a, const std::string& text) {
    std::vector<Matrix> matrices;
    matrices.push_back(std::move(a));
    std::size_t count = matrices.empty() ? 0 : matrices.size();
    for (const Matrix& matrix : matrices) count += static_cast<std::size_t>(matrix.rows());
    count += static_cast<std::size_t>(std::ssize(matrices) + matrices[0].rows() + matrices.back().rows());
    std::vector<RowVector> vectors;
    vectors.push_back(x);
    for (const RowVector& vector : vectors) count += static_cast<std::size_t>(vector.cols());
    std::vector<int> numbers = {1, 2};
    numbers.push_back(3);
    numbers = std::vector<int>(numbers.begin() + 1, numbers.end());
    numbers = {numbers.begin(), numbers.end() - 1};
    count += static_cast<std::size_t>(numbers.back() + numbers[0]);
    for (const int number : numbers) count += static_cast<std::size_t>(number);
    std::vector<Index> indices(count);
    indices.push_back(x.size());
    std::iota(indices.begin(), indices.end(), Index{0});
    std::iota(indices.begin(), indices.end(), 0);
    std::reverse(indices.begin(), indices.end());
    count += static_cast<std::size_t>(indices[0] + indices.back());
    for (const Index index : indices) count += static_cast<std::size_t>(index);
    std::vector<Scalar> scalars(count);
    scalars.push_back(x(0));
    std::vector<bool> flags;
    flags.push_back(true);
    for (const bool flag : flags) count += flag ? 1 : 0;
    count += static_cast<std::size_t>(std::max_element(x.begin(), x.end()) - x.begin());
    Index at = 0;
    count += x.maxCoeff(&at) > 0 ? 1 : 0;
    if (at > 0) throw std::invalid_argument("expected " + text + ", found " + std::to_string(at));
    if (text.empty()) throw std::invalid_argument(text + " is " + text + std::to_string(count) + "x");
    return count;
}

}  // namespace qkv::warm

#pragma clang optimize on
