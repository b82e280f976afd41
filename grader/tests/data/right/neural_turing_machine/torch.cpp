// A right solution as carried over from a PyTorch repository: F.normalize, softmax, a convolution over weights that are
// padded with both ends of the ring, log_softmax for the powers, and heads stacked into one tensor for writing.
#include "neural_turing_machine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace neural_turing_machine {

namespace {

using Numbers = std::vector<Scalar>;

struct NotLikeThis : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// F.normalize without its epsilon; vectors of zeros stay.
Numbers normalised(const Scalar* first, Index size) {
    Numbers unit(first, first + size);
    const Scalar top = std::accumulate(unit.begin(), unit.end(), Scalar{0},
                                       [](Scalar a, Scalar b) { return std::max(a, std::abs(b)); });
    if (top == 0) return unit;
    for (Scalar& x : unit) x /= top;
    const Scalar length = std::sqrt(std::inner_product(unit.begin(), unit.end(), unit.begin(), Scalar{0}));
    for (Scalar& x : unit) x /= length;
    return unit;
}

Numbers log_softmax(Numbers x) {
    const Scalar top = *std::max_element(x.begin(), x.end());
    const Scalar sum =
        std::accumulate(x.begin(), x.end(), Scalar{0}, [top](Scalar s, Scalar one) { return s + std::exp(one - top); });
    for (Scalar& one : x) one = (one - top) - std::log(sum);
    return x;
}

RowVector exponentials(const Numbers& x) {
    RowVector row(std::ssize(x));
    std::transform(x.begin(), x.end(), row.begin(), [](Scalar one) { return std::exp(one); });
    return row;
}

}  // namespace

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    if (key.cols() != memory.cols()) throw NotLikeThis("key.shape[-1] != memory.shape[-1]");
    if (strength < 0) throw NotLikeThis("strength < 0");
    const Numbers k = normalised(key.data(), key.size());
    Numbers scores;
    for (Index i = 0; i < memory.rows(); ++i) {
        const Numbers slot = normalised(memory.row(i).data(), memory.cols());
        scores.push_back(strength * std::inner_product(k.begin(), k.end(), slot.begin(), Scalar{0}));
    }
    return exponentials(log_softmax(scores));
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    if (content.cols() != previous.cols()) throw NotLikeThis("content.shape != previous.shape");
    if (gate < 0 || gate > 1) throw NotLikeThis("gate");
    RowVector result(content.cols());
    std::transform(content.begin(), content.end(), previous.begin(), result.begin(),
                   [gate](Scalar c, Scalar p) { return std::lerp(p, c, gate); });
    return result;
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    const Index n = weights.cols(), taps = shift.cols();
    if (taps % 2 == 0) throw NotLikeThis("an even kernel");
    if (taps > n) throw NotLikeThis("a kernel longer than the ring");
    const Index s = taps / 2;
    // torch.cat([w[-s:], w, w[:s]]), then conv1d with the kernel turned round.
    RowVector padded(n + 2 * s);
    padded << weights.tail(s), weights, weights.head(s);
    const RowVector kernel = shift.reverse();
    RowVector result(n);
    for (Index i = 0; i < n; ++i) result(i) = padded.segment(i, taps).dot(kernel);
    return result;
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    if (gamma < 1) throw NotLikeThis("gamma < 1");
    if (std::any_of(weights.begin(), weights.end(), [](Scalar w) { return w < 0; })) throw NotLikeThis("w < 0");
    if (std::none_of(weights.begin(), weights.end(), [](Scalar w) { return w > 0; })) throw NotLikeThis("w == 0");
    Numbers logs(static_cast<std::size_t>(weights.cols()));
    const Scalar top = std::log(weights.maxCoeff());  // subtracted first: gamma times it may be beyond a Scalar
    std::transform(weights.begin(), weights.end(), logs.begin(), [&](Scalar w) { return gamma * (std::log(w) - top); });
    return exponentials(log_softmax(logs));
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    if (previous.cols() != memory.rows()) throw NotLikeThis("previous.shape");
    return sharpen(
        shift_weights(interpolate(content_weights(head.key, head.strength, memory), previous, head.gate), head.shift),
        head.sharpening);
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    if (weights.cols() != memory.rows()) throw NotLikeThis("weights.shape");
    RowVector sum(memory.cols());
    for (Index j = 0; j < memory.cols(); ++j) sum(j) = memory.col(j).dot(weights);
    return sum;
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    const Index heads = std::ssize(writes);
    Matrix w(heads, memory.rows()), e(heads, memory.cols()), a(heads, memory.cols());
    for (Index h = 0; h < heads; ++h) {
        const Write& head = writes[static_cast<std::size_t>(h)];
        if (head.weights.cols() != memory.rows()) throw NotLikeThis("weights.shape");
        if (head.erase.cols() != memory.cols()) throw NotLikeThis("erase.shape");
        if (head.add.cols() != memory.cols()) throw NotLikeThis("add.shape");
        if ((head.erase.array() < 0).any() || (head.erase.array() > 1).any()) throw NotLikeThis("erase");
        w.row(h) = head.weights;
        e.row(h) = head.erase;
        a.row(h) = head.add;
    }
    Matrix result(memory.rows(), memory.cols());
    for (Index i = 0; i < memory.rows(); ++i)
        for (Index j = 0; j < memory.cols(); ++j)
            result(i, j) = memory(i, j) * (1 - w.col(i).array() * e.col(j).array()).prod();
    return result + w.transpose() * a;
}

}  // namespace neural_turing_machine
