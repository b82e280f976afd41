// The header that is compiled once, so that a learner's file compiles in well under a second.
// Nearly all the time of such a file is Eigen's templates: the functions below use the expressions
// that solutions are made of, and with -fpch-instantiate-templates -fpch-codegen their code is
// generated here, optimised, instead of in every learner's object. Nobody calls them.
// Include guards, not #pragma once: the file is also compiled as a main file.
#ifndef QKV_WARM_HPP
#define QKV_WARM_HPP

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
    const Matrix chain = a * b * c.transpose();
    const Matrix sum = (a * b).rowwise() + bias;
    return c + copy * row.dot(bias) + scores + scaled + product + chain + sum;
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
    return c;
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

}  // namespace qkv::warm

#endif
