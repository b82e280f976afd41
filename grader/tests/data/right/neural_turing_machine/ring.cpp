// A small ring type and iterators; everything runs through one normaliser.
#include "neural_turing_machine.hpp"

#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace neural_turing_machine {
namespace {

struct Guard {
    Guard& operator&(bool fits) {
        if (!fits) throw std::invalid_argument("neural_turing_machine: does not fit");
        return *this;
    }
};

RowVector to_distribution(RowVector v) {
    const Scalar total = std::accumulate(v.begin(), v.end(), Scalar{0});
    std::transform(v.begin(), v.end(), v.begin(), [=](Scalar x) { return x / total; });
    return v;
}

struct Ring {
    const RowVector& slots;
    Scalar operator[](Index i) const {
        while (i < 0) i += slots.size();
        while (i >= slots.size()) i -= slots.size();
        return slots(i);
    }
};

RowVector direction(const RowVector& v) {  // a unit vector, or zero
    const Scalar length = v.stableNorm();
    return length > 0 ? RowVector(v / length) : RowVector(RowVector::Zero(v.size()));
}

}  // namespace

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    Guard{} & (key.size() == memory.cols()) & !(strength < 0);
    if (memory.rows() == 0) return {};
    const RowVector wanted = direction(key);
    RowVector scores(memory.rows());
    for (Index i = 0; i < memory.rows(); ++i) scores(i) = strength * direction(memory.row(i)).dot(wanted);
    const Scalar top = *std::max_element(scores.begin(), scores.end());
    for (Scalar& s : scores) s = std::exp(s - top);
    return to_distribution(scores);
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    Guard{} & (content.size() == previous.size()) & !(gate < 0 || gate > 1);
    RowVector mixed(content.size());
    for (Index i = 0; i < mixed.size(); ++i) mixed(i) = std::lerp(previous(i), content(i), gate);
    return mixed;
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    Guard{} & ((shift.size() & 1) != 0) & (shift.size() <= weights.size());
    const Ring ring{weights};
    RowVector moved = RowVector::Zero(weights.size());
    for (Index t = 0; t < shift.size(); ++t)
        for (Index i = 0; i < weights.size(); ++i) moved(i) += shift(t) * ring[i - t + shift.size() / 2];
    return moved;
}

RowVector sharpen(const RowVector& weights, Scalar gamma) {
    Guard{} & !(gamma < 1);
    if (weights.size() == 0) return weights;
    Scalar top = 0;
    for (const Scalar w : weights) {
        Guard{} & !(w < 0);
        top = std::max(top, w);
    }
    Guard{} & (top > 0);
    RowVector powers(weights.size());
    for (Index i = 0; i < weights.size(); ++i)
        powers(i) = weights(i) == 0 ? 0 : std::exp(gamma * std::log(weights(i) / top));
    return to_distribution(powers);
}

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    return sharpen(
        shift_weights(interpolate(content_weights(head.key, head.strength, memory), previous, head.gate), head.shift),
        head.sharpening);
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    Guard{} & (weights.size() == memory.rows());
    RowVector sum(memory.cols());
    for (Index j = 0; j < memory.cols(); ++j) sum(j) = memory.col(j).dot(weights.transpose());
    return sum;
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    for (const auto& [weights, erase, add] : writes) {
        Guard{} & (weights.size() == memory.rows()) & (erase.size() == memory.cols()) & (add.size() == memory.cols());
        for (const Scalar e : erase) Guard{} & !(e < 0) & !(e > 1);
    }
    Matrix written(memory.rows(), memory.cols());
    for (Index i = 0; i < memory.rows(); ++i)
        for (Index j = 0; j < memory.cols(); ++j) {
            Scalar kept = 1, news = 0;
            for (const Write& w : writes) kept -= kept * w.weights(i) * w.erase(j), news += w.weights(i) * w.add(j);
            written(i, j) = memory(i, j) * kept + news;
        }
    return written;
}

}  // namespace neural_turing_machine
