// A right solution in Eigen's expressions and the standard library's algorithms; it checks everything first.
#include "decoding.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numeric>
#include <set>
#include <stdexcept>

namespace decoding {

namespace {

void all_true(std::initializer_list<bool> conditions) {
    if (!std::all_of(conditions.begin(), conditions.end(), [](bool each) { return each; }))
        throw std::invalid_argument("arguments that do not fit");
}

bool is_uniform(Scalar number) { return number >= 0 && number < 1; }

/// The ids, the most probable first.
std::vector<Index> order_of(const RowVector& distribution) {
    std::vector<Index> order(static_cast<std::size_t>(distribution.size()));
    std::iota(order.begin(), order.end(), Index{0});
    std::sort(order.begin(), order.end(), [&](Index a, Index b) {
        return std::make_pair(-distribution(a), a) < std::make_pair(-distribution(b), b);
    });
    return order;
}

bool fits(const Model& model, int start) {
    if (model.empty()) return false;
    const Index n = model.front().rows();
    return start >= 0 && start < n &&
           std::all_of(model.begin(), model.end(), [n](const Matrix& m) { return m.rows() == n && m.cols() == n; });
}

}  // namespace

CachedAttention attend_cached(const Matrix& query, const Matrix& key, const Matrix& value, const Cache& cache) {
    all_true({query.rows() == key.rows(), key.rows() == value.rows(), cache.keys.rows() == cache.values.rows(),
              query.cols() == key.cols(), key.cols() == cache.keys.cols(), value.cols() == cache.values.cols()});
    const Index n = cache.keys.rows();
    Cache all{Matrix(n + key.rows(), key.cols()), Matrix(n + value.rows(), value.cols())};
    all.keys.topRows(n) = cache.keys, all.keys.bottomRows(key.rows()) = key;
    all.values.topRows(n) = cache.values, all.values.bottomRows(value.rows()) = value;
    Matrix output(query.rows(), value.cols());
    for (Index i = 0; i < query.rows(); ++i) {  // only what may be seen is looked at
        const Index seen = n + i + 1;
        output.row(i) =
            attention::scaled_dot_product_attention(query.row(i), all.keys.topRows(seen), all.values.topRows(seen))
                .output;
    }
    return {output, all};
}

RowVector penalize_repetition(const RowVector& logits, const TokenIds& said, Scalar penalty) {
    all_true({penalty > 0});
    const std::set<int> once(said.begin(), said.end());
    if (!once.empty()) all_true({*once.begin() >= 0, *once.rbegin() < logits.size()});
    RowVector penalized = logits;
    for (const int id : once) penalized(id) = std::min(logits(id) / penalty, logits(id) * penalty);
    if (penalty < 1)
        for (const int id : once) penalized(id) = std::max(logits(id) / penalty, logits(id) * penalty);
    return penalized;
}

RowVector probabilities(const RowVector& logits, Scalar temperature) {
    all_true({logits.size() > 0, temperature >= 0});
    if (temperature == 0) {
        const auto best = std::max_element(logits.begin(), logits.end());  // the first of the largest
        RowVector result = RowVector::Zero(logits.size());
        result(best - logits.begin()) = 1;
        return result;
    }
    return attention::softmax_rows(logits / temperature);
}

RowVector top_k(const RowVector& distribution, Index k) {
    all_true({k >= 1});
    RowVector kept = distribution;
    const auto order = order_of(distribution);
    for (auto place = static_cast<std::size_t>(std::min(k, distribution.size())); place < order.size(); ++place)
        kept(order[place]) = 0;
    return kept / kept.sum();
}

RowVector top_p(const RowVector& distribution, Scalar p) {
    all_true({p > 0, p <= 1});
    RowVector kept = distribution;
    Scalar before = 0;
    for (const Index id : order_of(distribution)) {
        if (before >= p) kept(id) = 0;
        before += distribution(id);
    }
    return kept / kept.sum();
}

int sample(const RowVector& distribution, Scalar uniform) {
    all_true({is_uniform(uniform)});
    std::vector<Scalar> sums(static_cast<std::size_t>(distribution.size()));
    std::partial_sum(distribution.begin(), distribution.end(), sums.begin());
    const auto place = std::upper_bound(sums.begin(), sums.end(), uniform);
    if (place != sums.end()) return static_cast<int>(place - sums.begin());
    return static_cast<int>(std::lower_bound(sums.begin(), sums.end(), sums.back()) - sums.begin());
}

RowVector next_distribution(const RowVector& logits, const TokenIds& said, const Sampling& settings) {
    all_true({settings.top_k >= 1, settings.top_p > 0, settings.top_p <= 1});
    const RowVector all =
        probabilities(penalize_repetition(logits, said, settings.repetition_penalty), settings.temperature);
    return top_p(top_k(all, settings.top_k), settings.top_p);
}

TokenIds generate(const Model& model, int start, int end, const Sampling& settings, const RowVector& uniforms) {
    all_true({fits(model, start), uniforms.size() == static_cast<Index>(model.size())});
    TokenIds said{start};
    for (const Matrix& table : model) {
        const auto t = static_cast<Index>(said.size()) - 1;
        if (t > 0 && said.back() == end) break;
        said.push_back(sample(next_distribution(table.row(said.back()), said, settings), uniforms(t)));
    }
    return {said.begin() + 1, said.end()};
}

std::vector<Hypothesis> beam_search(const Model& model, int start, int end, Index beam_width, Scalar alpha) {
    all_true({fits(model, start), beam_width >= 1, alpha >= 0});
    const auto best_of = [beam_width](std::vector<Hypothesis> all, auto better) {
        std::stable_sort(all.begin(), all.end(), better);
        if (static_cast<Index>(all.size()) > beam_width) all.erase(all.begin() + beam_width, all.end());
        return all;
    };
    const auto more_probable = [](const auto& a, const auto& b) { return a.log_probability > b.log_probability; };
    const auto higher = [](const auto& a, const auto& b) { return a.score > b.score; };
    std::vector<Hypothesis> beam{{{}, 0, 0}}, done;
    Scalar power = 0;
    for (const Matrix& table : model) {
        power += 1;
        // The log probabilities of all rows at once.
        const Matrix shifted = table.colwise() - table.rowwise().maxCoeff();
        const Matrix sums = shifted.array().exp().rowwise().sum().log();
        std::vector<Hypothesis> all, ended;
        for (const Hypothesis& each : beam) {
            const int row = each.ids.empty() ? start : each.ids.back();
            for (int id = 0; id < table.cols(); ++id) {
                Hypothesis longer{each.ids, each.log_probability + (shifted(row, id) - sums(row, 0)), 0};
                longer.ids.push_back(id);
                longer.score = longer.log_probability / std::pow(power, alpha);
                all.push_back(longer);
            }
        }
        const auto ends = [end](const Hypothesis& one) { return one.ids.back() == end; };
        std::copy_if(all.begin(), all.end(), std::back_inserter(done), ends);
        all.erase(std::remove_if(all.begin(), all.end(), ends), all.end());
        beam = best_of(all, more_probable);
    }
    done.insert(done.end(), beam.begin(), beam.end());
    return best_of(done, higher);
}

Scalar acceptance(const RowVector& target, const RowVector& draft, int token) {
    all_true({target.size() == draft.size(), token >= 0, token < draft.size()});
    all_true({draft(token) > 0});
    return std::min(target(token), draft(token)) / draft(token);
}

RowVector residual(const RowVector& target, const RowVector& draft) {
    all_true({target.size() == draft.size()});
    const RowVector missing = target - target.cwiseMin(draft);
    return missing.isZero(0) ? target : RowVector(missing / missing.sum());
}

TokenIds speculate(const TokenIds& drafted, const Matrix& draft, const Matrix& target, const RowVector& uniforms,
                   Scalar last) {
    const auto n = static_cast<Index>(drafted.size());
    all_true({draft.rows() == n, target.rows() == n + 1, uniforms.size() == n, draft.cols() == target.cols(),
              is_uniform(last), std::all_of(uniforms.begin(), uniforms.end(), is_uniform)});
    for (Index i = 0; i < n; ++i) acceptance(target.row(i), draft.row(i), drafted[static_cast<std::size_t>(i)]);
    TokenIds said;
    for (const int token : drafted) {
        const auto i = static_cast<Index>(said.size());
        if (uniforms(i) < acceptance(target.row(i), draft.row(i), token)) {
            said.push_back(token);
        } else {
            said.push_back(sample(residual(target.row(i), draft.row(i)), last));
            return said;
        }
    }
    said.push_back(sample(target.bottomRows(1), last));
    return said;
}

}  // namespace decoding
