// A right solution in matrices: a step along the ring is a permutation matrix, reading a product with the diagonal of
// the weights, erasing one factor a head; powers are taken of weights over the largest one.
#include "neural_turing_machine.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <stdexcept>

namespace neural_turing_machine {

namespace {

using Permutation = Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic>;

void demand(bool met, const char* what) {
    if (!met) throw std::invalid_argument(what);
}

RowVector over_sum(const RowVector& numbers) { return numbers / numbers.sum(); }

Permutation step(Index n_slots) {
    Permutation on(n_slots);
    for (Index i = 0; i < n_slots; ++i) on.indices()(i) = static_cast<int>((i + 1) % n_slots);
    return on;
}

}  // namespace

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    demand(key.size() == memory.cols(), "the key is not as wide as a slot");
    demand(!(strength < 0), "the strength is negative");
    RowVector dots = (memory * key.transpose()).transpose();
    const RowVector lengths = (memory.rowwise().norm() * key.norm()).transpose();
    dots = (lengths.array() > 0).select(dots.array() / lengths.array(), Scalar{0});
    const Scalar top = dots.maxCoeff();
    return over_sum((strength * (dots.array() - top)).exp());
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    demand(content.size() == previous.size(), "content and previous differ in length");
    demand(gate >= 0 && gate <= 1, "the gate");
    Eigen::Matrix<Scalar, 2, Eigen::Dynamic> both(2, content.size());
    both << content, previous;
    return Eigen::Matrix<Scalar, 1, 2>(gate, 1 - gate) * both;
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    demand(shift.size() % 2 != 0, "an even number of steps");
    demand(shift.size() <= weights.size(), "more steps than slots");
    const Permutation on = step(weights.size()), back = on.transpose();
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> moved = weights.transpose();
    for (Index s = 0; s < shift.size() / 2; ++s) moved = back * moved;
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> sum = shift(0) * moved;
    for (Index s = 1; s < shift.size(); ++s) {
        moved = on * moved;
        sum += shift(s) * moved;
    }
    return sum.transpose();
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    demand(gamma >= 1, "gamma is below 1");
    demand((weights.array() >= 0).all(), "a weight is negative");
    const Scalar largest = weights.lpNorm<Eigen::Infinity>();
    demand(largest > 0, "all weights are 0");
    return over_sum((weights / largest).unaryExpr([gamma](Scalar x) { return std::pow(x, gamma); }));
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    demand(previous.size() == memory.rows(), "previous has not one weight for each slot");
    const RowVector looked_up = content_weights(head.key, head.strength, memory);
    const RowVector gated = interpolate(looked_up, previous, head.gate);
    const RowVector moved = shift_weights(gated, head.shift);
    return sharpen(moved, head.sharpening);
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    demand(weights.size() == memory.rows(), "not one weight for each slot");
    const Matrix weighted = weights.asDiagonal() * memory;
    return weighted.colwise().sum();
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    Matrix kept = Matrix::Ones(memory.rows(), memory.cols()), added = Matrix::Zero(memory.rows(), memory.cols());
    for (const Write& head : writes) {
        demand(head.weights.size() == memory.rows(), "a head has not one weight for each slot");
        demand(head.erase.size() == memory.cols() && head.add.size() == memory.cols(), "erase or add");
        demand(head.erase.size() == 0 || (head.erase.minCoeff() >= 0 && head.erase.maxCoeff() <= 1),
               "erase is from 0 to 1");
        kept.array() *= 1 - (head.weights.transpose() * head.erase).array();
        added.noalias() += head.weights.transpose() * head.add;
    }
    return memory.cwiseProduct(kept) + added;
}

}  // namespace neural_turing_machine
