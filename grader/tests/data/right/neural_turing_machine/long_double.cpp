// A right solution that computes in long double and rounds only what it returns.
#include "neural_turing_machine.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace neural_turing_machine {

using Wide = long double;
using Line = std::vector<Wide>;

static void need(bool fine) {
    if (!fine) throw std::invalid_argument("no such head, or no such memory");
}

static Line wide(const RowVector& row) { return Line(row.data(), row.data() + row.size()); }

static RowVector narrow(const Line& line) {
    RowVector row(static_cast<Index>(line.size()));
    for (Index i = 0; i < row.size(); ++i) row(i) = static_cast<Scalar>(line[static_cast<std::size_t>(i)]);
    return row;
}

static Wide dot(const Line& left, const Line& right) {
    Wide sum = 0;
    for (std::size_t k = 0; k < left.size(); ++k) sum += left[k] * right[k];
    return sum;
}

static Line fractions(Line line) {
    Wide sum = 0;
    for (Wide each : line) sum += each;
    for (Wide& each : line) each /= sum;
    return line;
}

static Line content(const RowVector& key, Scalar strength, const Matrix& memory) {
    need(key.size() == memory.cols() && strength >= 0);
    Line scores;
    const Line looked_for = wide(key);
    for (Index i = 0; i < memory.rows(); ++i) {
        const Line slot = wide(memory.row(i));
        const Wide lengths = std::sqrt(dot(looked_for, looked_for)) * std::sqrt(dot(slot, slot));
        scores.push_back(lengths > 0 ? strength * (dot(looked_for, slot) / lengths) : 0);
    }
    Wide top = scores.empty() ? 0 : scores[0];
    for (Wide score : scores) top = std::fmax(top, score);
    for (Wide& score : scores) score = std::exp(score - top);
    return fractions(scores);
}

static Line mixed(const Line& now, const Line& before, Scalar gate) {
    need(now.size() == before.size() && gate >= 0 && gate <= 1);
    Line result;
    for (std::size_t i = 0; i < now.size(); ++i)
        result.push_back(before[i] + static_cast<Wide>(gate) * (now[i] - before[i]));
    return result;
}

static Line moved(const Line& weights, const Line& shift) {
    const std::size_t n = weights.size(), reach = shift.size() / 2;
    need(shift.size() % 2 == 1 && shift.size() <= n);
    Line result(n, 0);
    for (std::size_t from = 0; from < n; ++from)
        for (std::size_t step = 0; step < shift.size(); ++step)
            result[(from + step + n - reach) % n] += weights[from] * shift[step];
    return result;
}

static Line sharp(Line weights, Scalar gamma) {
    need(gamma >= 1);
    Wide largest = 0;
    for (Wide weight : weights) {
        need(weight >= 0);
        largest = std::fmax(largest, weight);
    }
    need(largest > 0);
    for (Wide& weight : weights) weight = std::pow(weight / largest, static_cast<Wide>(gamma));
    return fractions(weights);
}

RowVector content_weights(const RowVector& key, Scalar strength, const Matrix& memory) {
    return narrow(content(key, strength, memory));
}

RowVector interpolate(const RowVector& content, const RowVector& previous, Scalar gate) {
    return narrow(mixed(wide(content), wide(previous), gate));
}

RowVector shift_weights(const RowVector& weights, const RowVector& shift) {
    return narrow(moved(wide(weights), wide(shift)));
}

RowVector sharpen(const RowVector& weights, Scalar gamma) { return narrow(sharp(wide(weights), gamma)); }

RowVector address(const Head& head, const RowVector& previous, const Matrix& memory) {
    Line weights = content(head.key, head.strength, memory);
    weights = mixed(weights, wide(previous), head.gate);
    weights = moved(weights, wide(head.shift));
    return narrow(sharp(weights, head.sharpening));
}

RowVector read(const Matrix& memory, const RowVector& weights) {
    need(weights.size() == memory.rows());
    Line sum(static_cast<std::size_t>(memory.cols()), 0);
    for (Index i = 0; i < memory.rows(); ++i)
        for (Index j = 0; j < memory.cols(); ++j)
            sum[static_cast<std::size_t>(j)] += static_cast<Wide>(weights(i)) * memory(i, j);
    return narrow(sum);
}

Matrix write(const Matrix& memory, const std::vector<Write>& writes) {
    for (const Write& head : writes) {
        need(head.weights.size() == memory.rows());
        need(head.erase.size() == memory.cols() && head.add.size() == memory.cols());
        for (Index j = 0; j < memory.cols(); ++j) need(head.erase(j) >= 0 && head.erase(j) <= 1);
    }
    Matrix result(memory.rows(), memory.cols());
    for (Index i = 0; i < memory.rows(); ++i) {
        for (Index j = 0; j < memory.cols(); ++j) {
            Wide kept = memory(i, j), added = 0;
            for (const Write& head : writes) {
                kept -= kept * head.weights(i) * head.erase(j);
                added += static_cast<Wide>(head.weights(i)) * head.add(j);
            }
            result(i, j) = static_cast<Scalar>(kept + added);
        }
    }
    return result;
}

}  // namespace neural_turing_machine
