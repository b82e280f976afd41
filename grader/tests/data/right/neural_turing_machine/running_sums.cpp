// A right solution of other arithmetic: cosines from the distance of unit vectors, a softmax that passes the slots
// once, the ring shifted weight by weight, powers by logarithms, erased amounts gathered as one factor a number.
#include "neural_turing_machine.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

namespace neural_turing_machine {

namespace {

void insist(bool holds, const char* sentence) {
    if (!holds) throw std::invalid_argument(sentence);
}

/// As many as exp(score) of `scores` add up to, each as its fraction; the sum is rescaled when a larger one comes by.
RowVector fractions_of_exp(const RowVector& scores) {
    constexpr Scalar nothing = -std::numeric_limits<Scalar>::infinity();
    Scalar top = nothing, sum = 0;
    for (Index i = 0; i < scores.size(); ++i) {
        if (scores(i) > top) {
            sum = top == nothing ? 0 : sum * std::exp(top - scores(i));
            top = scores(i);
        }
        sum += std::exp(scores(i) - top);
    }
    return ((scores.array() - top).exp() / sum).matrix();
}

/// |u - v|^2 = 2 - 2 cos; from whichever of u - v and u + v is the shorter.
Scalar cosine(const RowVector& u, const RowVector& v) {
    const Scalar apart = (u - v).squaredNorm(), against = (u + v).squaredNorm();
    return apart < against ? 1 - apart / 2 : against / 2 - 1;
}

}  // namespace

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    insist(memory.cols() == key.size(), "key and slots");
    insist(!(strength < 0), "strength");
    RowVector scores = RowVector::Zero(memory.rows());
    if (!key.isZero(0)) {
        for (Index i = 0; i < memory.rows(); ++i)
            if (!memory.row(i).isZero(0)) scores(i) = strength * cosine(key.normalized(), memory.row(i).normalized());
    }
    return fractions_of_exp(scores);
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    insist(previous.size() == content.size(), "two memories");
    insist(0 <= gate && gate <= 1, "gate");
    return content + (1 - gate) * (previous - content);
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    const Index n = weights.size();
    insist(shift.size() % 2 == 1, "no middle");
    insist(shift.size() <= n, "too many steps");
    RowVector arrived = RowVector::Zero(n);
    for (Index i = 0; i < n; ++i) {
        Index to = (i + n - shift.size() / 2) % n;
        for (const Scalar share : shift) {
            arrived(to) += share * weights(i);
            to = to + 1 == n ? 0 : to + 1;
        }
    }
    return arrived;
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    insist(!(gamma < 1), "gamma");
    insist((weights.array() >= 0).all() && weights.sum() > 0, "weights");
    RowVector logarithms(weights.size());
    for (Index i = 0; i < weights.size(); ++i) logarithms(i) = std::log(weights(i));  // of 0: -infinity
    return fractions_of_exp(gamma * (logarithms.array() - logarithms.maxCoeff()).matrix());
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    insist(previous.size() == memory.rows(), "previous");
    // Found by content and left over from before, both shifted, then mixed: the shift is linear.
    const RowVector found = shift_weights(content_weights(head.key, head.strength, memory), head.shift);
    const RowVector mixed = interpolate(found, shift_weights(previous, head.shift), head.gate);
    return sharpen(mixed, head.sharpening);
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    insist(weights.size() == memory.rows(), "weights");
    RowVector sum(memory.cols());
    for (Index j = 0; j < memory.cols(); ++j) sum(j) = memory.col(j).dot(weights.transpose());
    return sum;
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    Matrix factor = Matrix::Ones(memory.rows(), memory.cols()), news = 0 * factor;
    for (std::size_t h = writes.size(); h > 0; --h) {
        const Write& head = writes[h - 1];
        insist(head.weights.size() == memory.rows(), "weights");
        insist(head.erase.size() == memory.cols() && head.add.size() == memory.cols(), "widths");
        insist(!(head.erase.array() < 0).any() && !(head.erase.array() > 1).any(), "erase");
        factor -= factor.cwiseProduct(head.weights.transpose() * head.erase);
        news += head.weights.transpose() * head.add;
    }
    return factor.cwiseProduct(memory) + news;
}

}  // namespace neural_turing_machine
