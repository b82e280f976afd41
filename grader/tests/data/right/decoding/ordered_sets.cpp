// A right solution as the libraries have it: one mask of -infinity for the future, a sort of pairs, the nucleus cut
// from the other end, a uniform number that is used up piece by piece, a beam kept by an ordered set.
#include "decoding.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <tuple>

namespace decoding {

namespace {

struct Check {
    Check& operator<<(bool fine) {
        if (!fine) throw std::invalid_argument("an argument does not fit");
        return *this;
    }
};

/// Ids by falling probability; equal ones by rising id.
std::vector<std::pair<Scalar, Index>> sorted(const RowVector& row) {
    std::set<std::pair<Scalar, Index>> all;
    for (Index id = 0; id < row.size(); ++id) all.insert({-row(id), id});
    return {all.begin(), all.end()};
}

RowVector shared(const RowVector& row) { return row / row.lpNorm<1>(); }

}  // namespace

CachedAttention attend_cached(const Matrix& query, const Matrix& key, const Matrix& value, const Cache& cache) {
    const Index n = query.rows(), m = cache.keys.rows();
    Check() << (key.rows() == n) << (value.rows() == n) << (cache.values.rows() == m) << (key.cols() == query.cols())
            << (cache.keys.cols() == query.cols()) << (cache.values.cols() == value.cols()) << (n > 0);
    Matrix keys = Matrix::Zero(m + n, key.cols()), values = Matrix::Zero(m + n, value.cols());
    keys.topRows(m) = cache.keys;
    keys.bottomRows(n) = key;
    values.topRows(m) = cache.values;
    values.bottomRows(n) = value;
    Matrix scores = (query * keys.transpose()) / std::sqrt(static_cast<Scalar>(key.cols()));
    for (Index i = 0; i < n; ++i) {
        scores.row(i).tail(n - 1 - i).setConstant(-std::numeric_limits<Scalar>::infinity());
        scores.row(i).array() -= scores.row(i).maxCoeff();
        scores.row(i).head(m + i + 1) = scores.row(i).head(m + i + 1).array().exp();
        scores.row(i).tail(n - 1 - i).setZero();
        scores.row(i) /= scores.row(i).sum();
    }
    return {scores * values, {keys, values}};
}

RowVector penalize_repetition(const RowVector& logits, const TokenIds& said, Scalar penalty) {
    Check() << (penalty > 0);
    RowVector result = logits;
    for (const int id : std::set<int>(said.begin(), said.end())) {
        Check() << (id >= 0 && id < logits.size());
        result(id) = logits(id) < 0 ? logits(id) * penalty : logits(id) / penalty;
    }
    return result;
}

RowVector probabilities(const RowVector& logits, Scalar temperature) {
    Check() << (logits.size() >= 1) << !(temperature < 0);
    if (temperature == 0) {
        RowVector result = RowVector::Zero(logits.size());
        result(sorted(logits).front().second) = 1;
        return result;
    }
    const RowVector gaps = (logits.array() - logits.maxCoeff()) / temperature;
    return (gaps.array() - std::log(gaps.array().exp().sum())).exp();
}

RowVector top_k(const RowVector& distribution, Index k) {
    Check() << (k >= 1);
    RowVector result = distribution;
    Index place = 0;
    for (const auto& [negative, id] : sorted(distribution)) {
        if (place++ >= k) result(id) = 0;
    }
    return shared(result);
}

RowVector top_p(const RowVector& distribution, Scalar p) {
    Check() << (p > 0) << (p <= 1);
    RowVector result = distribution;
    Scalar taken = 0;
    for (const auto& [negative, id] : sorted(distribution)) {
        if (taken >= p) result(id) = 0;
        taken -= negative;
    }
    return shared(result);
}

int sample(const RowVector& distribution, Scalar uniform) {
    Check() << (uniform >= 0) << (uniform < 1);
    std::map<Scalar, int> begins;  // of equal beginnings the later token is the one that is not of probability 0
    Scalar begin = 0;
    for (int id = 0; id < distribution.size(); ++id) {
        if (distribution(id) > 0) begins[begin] = id;
        begin += distribution(id);
    }
    return std::prev(begins.upper_bound(uniform))->second;
}

RowVector next_distribution(const RowVector& logits, const TokenIds& said, const Sampling& settings) {
    const auto& [penalty, temperature, k, p] = settings;
    return top_p(top_k(probabilities(penalize_repetition(logits, said, penalty), temperature), k), p);
}

namespace {

Index vocabulary(const Model& model, int start) {
    Check() << !model.empty();
    const Index n = model[0].rows();
    for (const auto& table : model) Check() << (table.rows() == n) << (table.cols() == n);
    Check() << (start >= 0) << (start < n);
    return n;
}

}  // namespace

TokenIds generate(const Model& model, int start, int end, const Sampling& settings, const RowVector& uniforms) {
    vocabulary(model, start);
    Check() << (static_cast<std::size_t>(uniforms.size()) == model.size());
    TokenIds words, context(1, start);
    for (const Matrix& table : model) {
        const RowVector row = table.row(context.back());
        words.push_back(sample(next_distribution(row, context, settings), uniforms(std::ssize(words))));
        context.push_back(words.back());
        if (words.back() == end) break;
    }
    return words;
}

std::vector<Hypothesis> beam_search(const Model& model, int start, int end, Index beam_width, Scalar alpha) {
    Check() << (beam_width >= 1) << (alpha >= 0);
    const Index n = vocabulary(model, start);
    // What is to be kept lies in a set by falling number and rising place; what is too much falls out at its end.
    using Place = std::tuple<Scalar, Index>;
    std::map<Place, Hypothesis> found;
    Index place = 0;
    const auto put = [beam_width](std::map<Place, Hypothesis>& into, Place key, Hypothesis hypothesis) {
        into.emplace(key, std::move(hypothesis));
        if (std::ssize(into) > beam_width) into.erase(std::prev(into.end()));
    };
    std::map<Place, Hypothesis> beam;
    beam[{0, 0}] = {{}, 0, 0};
    Scalar length = 0;
    for (const Matrix& table : model) {
        length += 1;
        std::map<Place, Hypothesis> next;
        Index order = 0;
        for (const auto& [key, from] : beam) {
            const int last = from.ids.empty() ? start : from.ids.back();
            const Scalar largest = table.row(last).maxCoeff();
            const Scalar total = (table.row(last).array() - largest).exp().sum();
            for (Index id = 0; id < n; ++id) {
                Hypothesis longer = from;
                longer.ids.push_back(static_cast<int>(id));
                longer.log_probability += table(last, id) - largest - std::log(total);
                longer.score = longer.log_probability / std::pow(length, alpha);
                if (id == end) {
                    put(found, {-longer.score, place++}, longer);
                } else {
                    put(next, {-longer.log_probability, order++}, longer);
                }
            }
        }
        beam = next;
    }
    for (const auto& [key, cut] : beam) put(found, {-cut.score, place++}, cut);
    std::vector<Hypothesis> best;
    for (const auto& [key, each] : found) best.push_back(each);
    return best;
}

Scalar acceptance(const RowVector& target, const RowVector& draft, int token) {
    Check() << (target.size() == draft.size()) << (token >= 0) << (token < target.size());
    Check() << (draft(token) > 0);
    return std::fmin(target(token), draft(token)) / draft(token);
}

RowVector residual(const RowVector& target, const RowVector& draft) {
    Check() << (target.size() == draft.size());
    const RowVector more = target - target.cwiseMin(draft);
    const Scalar all = more.sum();
    if (all == 0) return target;
    return more / all;
}

TokenIds speculate(const TokenIds& drafted, const Matrix& draft, const Matrix& target, const RowVector& uniforms,
                   Scalar last) {
    const Index n = std::ssize(drafted);
    Check() << (draft.rows() == n) << (target.rows() == n + 1) << (uniforms.size() == n)
            << (draft.cols() == target.cols()) << (last >= 0) << (last < 1);
    Check() << (uniforms.array() >= 0).all() << (uniforms.array() < 1).all();
    std::vector<bool> stays;
    for (Index i = 0; i < n; ++i)
        stays.push_back(uniforms(i) < acceptance(target.row(i), draft.row(i), drafted[static_cast<std::size_t>(i)]));
    TokenIds said;
    for (std::size_t i = 0; i < drafted.size(); ++i) {
        const auto row = static_cast<Index>(i);
        if (!stays[i]) {
            said.push_back(sample(residual(target.row(row), draft.row(row)), last));
            return said;
        }
        said.push_back(drafted[i]);
    }
    said.push_back(sample(target.bottomRows(1), last));
    return said;
}

}  // namespace decoding
