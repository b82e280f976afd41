// A right solution that keeps no tables: attention with a running softmax, top_k by counting who stands before, top_p
// by throwing the tail away, a draw by bisection, the beam by repeated search for the best, all of them recursive where
// that is natural.
#include "decoding.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace decoding {

namespace {

[[noreturn]] void refuse() { throw std::invalid_argument("refused"); }

/// A mean of rows whose weights come one after the other.
struct RunningMean {
    Scalar largest = -std::numeric_limits<Scalar>::infinity(), weight = 0;
    RowVector sum;

    void take(Scalar score, const RowVector& row) {
        const Scalar above = std::max(largest, score);
        const Scalar faded = weight > 0 ? std::exp(largest - above) : 0, fresh = std::exp(score - above);
        sum = faded * sum + fresh * row;
        weight = faded * weight + fresh;
        largest = above;
    }
};

/// Does token i stand before token j, if the most probable come first?
bool before(const RowVector& row, Index i, Index j) { return row(i) > row(j) || (row(i) == row(j) && i < j); }

RowVector only(const RowVector& row, const std::function<bool(Index)>& kept) {
    RowVector result = row;
    for (Index i = 0; i < row.size(); ++i) {
        if (!kept(i)) result(i) = 0;
    }
    return result * (1 / result.sum());
}

}  // namespace

CachedAttention attend_cached(const Matrix& query, const Matrix& key, const Matrix& value, const Cache& cache) {
    if (query.rows() != key.rows() || key.rows() != value.rows() || cache.keys.rows() != cache.values.rows()) refuse();
    if (query.cols() != key.cols() || key.cols() != cache.keys.cols() || value.cols() != cache.values.cols()) refuse();
    if (query.rows() == 0) return {Matrix(0, value.cols()), cache};
    CachedAttention result{Matrix(query.rows(), value.cols()), cache};
    Matrix &keys = result.cache.keys, &values = result.cache.values;
    for (Index t = 0; t < query.rows(); ++t) {  // token by token: then there is no future to hide
        keys.conservativeResize(keys.rows() + 1, Eigen::NoChange);
        values.conservativeResize(values.rows() + 1, Eigen::NoChange);
        keys.bottomRows(1) = key.row(t);
        values.bottomRows(1) = value.row(t);
        RunningMean mean;
        mean.sum = RowVector::Zero(value.cols());
        const RowVector asked = query.row(t) / std::sqrt(static_cast<Scalar>(query.cols()));
        for (Index j = keys.rows() - 1; j >= 0; --j) mean.take(asked.dot(keys.row(j)), values.row(j));
        result.output.row(t) = mean.sum / mean.weight;
    }
    return result;
}

RowVector penalize_repetition(const RowVector& logits, const TokenIds& said, Scalar penalty) {
    if (!(penalty > 0)) refuse();
    Eigen::Array<bool, 1, Eigen::Dynamic> was_said =
        Eigen::Array<bool, 1, Eigen::Dynamic>::Constant(logits.size(), false);
    for (const int id : said) {
        if (id < 0 || id >= logits.size()) refuse();
        was_said(id) = true;
    }
    const RowVector up = logits.cwiseMax(0) / penalty, down = logits.cwiseMin(0) * penalty;
    return was_said.select(up + down, logits);
}

RowVector probabilities(const RowVector& logits, Scalar temperature) {
    if (logits.size() == 0 || temperature < 0) refuse();
    Index best = 0;
    for (Index i = 1; i < logits.size(); ++i) {
        if (logits(i) > logits(best)) best = i;
    }
    if (temperature > 0) {
        RowVector result(logits.size());
        for (Index i = 0; i < result.size(); ++i) result(i) = std::exp((logits(i) - logits(best)) / temperature);
        return result / result.sum();
    }
    RowVector certain = RowVector::Zero(logits.size());
    certain(best) = 1;
    return certain;
}

RowVector top_k(const RowVector& distribution, Index k) {
    if (k <= 0) refuse();
    if (k >= distribution.size()) return distribution;
    return only(distribution, [&](Index i) {
        Index better = 0;
        for (Index j = 0; j < distribution.size(); ++j) better += before(distribution, j, i) ? 1 : 0;
        return better < k;
    });
}

RowVector top_p(const RowVector& distribution, Scalar p) {
    if (!(p > 0) || p > 1) refuse();
    if (p == 1) return distribution;
    return only(distribution, [&](Index i) {  // kept if those before it do not reach p
        std::vector<Scalar> better;
        for (Index j = 0; j < distribution.size(); ++j) {
            if (before(distribution, j, i)) better.push_back(distribution(j));
        }
        std::sort(better.begin(), better.end());
        Scalar sum = 0;
        for (const Scalar each : better) sum += each;
        return sum < p;
    });
}

int sample(const RowVector& distribution, Scalar uniform) {
    if (!(0 <= uniform && uniform < 1)) refuse();
    std::vector<Scalar> ends;  // where each token ends on the line
    Scalar end = 0;
    for (const Scalar each : distribution) ends.push_back(end += each);
    const auto found = std::upper_bound(ends.begin(), ends.end(), uniform);
    if (found != ends.end()) return static_cast<int>(found - ends.begin());
    auto last = static_cast<int>(distribution.size()) - 1;
    while (last > 0 && distribution(last) == 0) --last;
    return last;
}

RowVector next_distribution(const RowVector& logits, const TokenIds& said, const Sampling& settings) {
    RowVector row = penalize_repetition(logits, said, settings.repetition_penalty);
    row = probabilities(row, settings.temperature);
    row = top_k(row, settings.top_k);
    return top_p(row, settings.top_p);
}

static void check_model(const Model& model, int start) {
    if (model.empty()) refuse();
    for (const Matrix& table : model) {
        if (table.rows() != table.cols() || table.rows() != model.front().rows()) refuse();
    }
    if (start < 0 || start >= model.front().rows()) refuse();
}

TokenIds generate(const Model& model, int start, int end, const Sampling& settings, const RowVector& uniforms) {
    check_model(model, start);
    if (uniforms.size() != std::ssize(model)) refuse();
    TokenIds with_start{start};
    const std::function<void(std::size_t)> speak = [&](std::size_t t) {
        if (t == model.size()) return;
        const RowVector row = next_distribution(model[t].row(with_start.back()), with_start, settings);
        with_start.push_back(sample(row, uniforms(static_cast<Index>(t))));
        if (with_start.back() != end) speak(t + 1);
    };
    speak(0);
    with_start.erase(with_start.begin());
    return with_start;
}

std::vector<Hypothesis> beam_search(const Model& model, int start, int end, Index beam_width, Scalar alpha) {
    if (beam_width < 1 || alpha < 0) refuse();
    check_model(model, start);
    std::vector<Hypothesis> beam(1), finished;
    beam[0].log_probability = beam[0].score = 0;
    /// Moves the best out of a list, again and again; of equal ones the first.
    const auto best_of = [](std::vector<Hypothesis> list, Index n, auto number) {
        std::vector<Hypothesis> best;
        while (!list.empty() && std::ssize(best) < n) {
            auto top = list.begin();
            for (auto each = list.begin(); each != list.end(); ++each) {
                if (number(*each) > number(*top)) top = each;
            }
            best.push_back(*top);
            list.erase(top);
        }
        return best;
    };
    for (std::size_t t = 0; t < model.size(); ++t) {
        std::vector<Hypothesis> open;
        for (const Hypothesis& one : beam) {
            const RowVector row = model[t].row(t == 0 ? start : one.ids.back());
            const Scalar top = row.maxCoeff();
            Scalar sum = 0;
            for (const Scalar logit : row) sum += std::exp(logit - top);
            for (int id = 0; id < row.size(); ++id) {
                Hypothesis next = one;
                next.ids.push_back(id);
                next.log_probability += (row(id) - top) - std::log(sum);
                next.score = next.log_probability * std::pow(static_cast<Scalar>(t + 1), -alpha);
                if (id == end) {
                    finished.push_back(next);
                } else {
                    open.push_back(next);
                }
            }
        }
        beam = best_of(open, beam_width, [](const Hypothesis& each) { return each.log_probability; });
    }
    for (const Hypothesis& one : beam) finished.push_back(one);
    return best_of(finished, beam_width, [](const Hypothesis& each) { return each.score; });
}

Scalar acceptance(const RowVector& target, const RowVector& draft, int token) {
    if (target.size() != draft.size() || token < 0 || token >= draft.size() || draft(token) == 0) refuse();
    return target(token) >= draft(token) ? 1 : target(token) / draft(token);
}

RowVector residual(const RowVector& target, const RowVector& draft) {
    if (target.size() != draft.size()) refuse();
    RowVector left = RowVector::Zero(target.size());
    for (Index i = 0; i < left.size(); ++i) {
        if (target(i) > draft(i)) left(i) = target(i) - draft(i);
    }
    if (left.isZero(0)) return target;
    return left / left.sum();
}

TokenIds speculate(const TokenIds& drafted, const Matrix& draft, const Matrix& target, const RowVector& uniforms,
                   Scalar last) {
    const auto n = static_cast<Index>(drafted.size());
    if (draft.rows() != n || uniforms.size() != n || target.rows() != n + 1 || target.cols() != draft.cols()) refuse();
    if (n > 0 && (uniforms.minCoeff() < 0 || uniforms.maxCoeff() >= 1)) refuse();
    Index first_rejected = n;
    for (Index i = n - 1; i >= 0; --i) {
        if (uniforms(i) >= acceptance(target.row(i), draft.row(i), drafted[static_cast<std::size_t>(i)]))
            first_rejected = i;
    }
    TokenIds result(drafted.begin(), drafted.begin() + first_rejected);
    RowVector rest = target.row(first_rejected);
    if (first_rejected < n) rest = residual(rest, draft.row(first_rejected));
    result.push_back(sample(rest, last));
    return result;
}

}  // namespace decoding
