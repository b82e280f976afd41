// A right solution in whole-matrix expressions, as one writes it in NumPy: all slots, all steps and all
// heads at once. The shift is a product with a circulant matrix; powers go through the logarithm.
#include "neural_turing_machine.hpp"

#include <stdexcept>

namespace neural_turing_machine {

using Row = Eigen::Array<Scalar, 1, Eigen::Dynamic>;
using Column = Eigen::Array<Scalar, Eigen::Dynamic, 1>;

/// exp of each over the sum of all.
static RowVector softmax(const Row& scores) {
    const Row shifted = scores - scores.maxCoeff();
    return (shifted - std::log(shifted.exp().sum())).exp();
}

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    if (key.size() != memory.cols() || !(strength >= 0)) throw std::invalid_argument("no look-up with such a key");
    const Column products = (memory * key.transpose()).array();
    const Column lengths = memory.rowwise().norm().array() * key.norm();
    const Column cosines = (lengths == 0).select(Column::Zero(memory.rows()), products / lengths);
    return softmax((strength * cosines).transpose());
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    if (content.size() != previous.size() || !(gate >= 0 && gate <= 1)) throw std::invalid_argument("no such mixture");
    Matrix both(2, content.size());
    both << content, previous;
    return RowVector{{gate, 1 - gate}} * both;
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    const Index n = weights.size(), reach = (shift.size() - 1) / 2;
    if (shift.size() % 2 != 1 || shift.size() > n) throw std::invalid_argument("no such shift");
    // Row j of the circulant: where the weight of slot j goes.
    Matrix circulant(n, n);
    RowVector first = RowVector::Zero(n);
    first.head(reach + 1) = shift.tail(reach + 1);
    first.tail(reach) = shift.head(reach);
    for (Index j = 0; j < n; ++j) {
        circulant.row(j).tail(n - j) = first.head(n - j);
        circulant.row(j).head(j) = first.tail(j);
    }
    return weights * circulant;
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    if (!(gamma >= 1) || (weights.array() < 0).any() || !(weights.array() > 0).any()) {
        throw std::invalid_argument("nothing to sharpen");
    }
    return softmax(gamma * (weights / weights.maxCoeff()).array().log());  // the logarithm of 0 is -infinity
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    return sharpen(
        shift_weights(interpolate(content_weights(head.key, head.strength, memory), previous, head.gate), head.shift),
        head.sharpening);
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    if (weights.size() != memory.rows()) throw std::invalid_argument("weights and memory do not fit");
    return (memory.transpose() * weights.transpose()).transpose();
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    const auto n_heads = static_cast<Index>(writes.size());
    Matrix where(n_heads, memory.rows()), what(n_heads, memory.cols());
    Matrix kept = Matrix::Ones(memory.rows(), memory.cols());
    for (Index h = 0; h < n_heads; ++h) {
        const auto& [weights, erase, add] = writes[static_cast<std::size_t>(h)];
        const bool fits =
            weights.size() == memory.rows() && erase.size() == memory.cols() && add.size() == memory.cols();
        if (!fits || erase.minCoeff() < 0 || erase.maxCoeff() > 1) throw std::invalid_argument("head does not fit");
        where.row(h) = weights;
        what.row(h) = add;
        kept -= kept.cwiseProduct(weights.transpose() * erase).eval();
    }
    return memory.cwiseProduct(kept) + where.transpose() * what;
}

}  // namespace neural_turing_machine
