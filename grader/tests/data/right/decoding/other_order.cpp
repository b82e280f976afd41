// A right solution in another order of work: sums in long double, ranks instead of a sort, tails instead of heads, the
// beam as one list of parents, acceptance without a division.
#include "decoding.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <stdexcept>
#include <utility>

namespace decoding {

namespace {

using Long = long double;

struct Misfit : std::invalid_argument {
    Misfit() : std::invalid_argument("arguments that do not fit") {}
};

/// How many tokens come before this one.
Index rank(const RowVector& distribution, Index id) {
    Index before = 0;
    for (Index other = 0; other < distribution.size(); ++other)
        before += distribution(other) > distribution(id) || (distribution(other) == distribution(id) && other < id);
    return before;
}

RowVector shared(const RowVector& kept) {
    Long sum = 0;
    for (Index i = kept.size() - 1; i >= 0; --i) sum += kept(i);
    RowVector result(kept.size());
    for (Index i = 0; i < kept.size(); ++i) result(i) = static_cast<Scalar>(kept(i) / sum);
    return result;
}

Long log_sum_exp(const RowVector& logits) {
    Long most = logits(0), sum = 0;
    for (Index i = 1; i < logits.size(); ++i) most = std::max<Long>(most, logits(i));
    for (Index i = logits.size() - 1; i >= 0; --i) sum += std::exp(logits(i) - most);
    return most + std::log(sum);
}

Index vocabulary(const Model& model, int start) {
    if (model.empty() || start < 0 || start >= model.back().cols()) throw Misfit();
    for (const Matrix& table : model)
        if (table.rows() != model.back().cols() || table.cols() != model.back().cols()) throw Misfit();
    return model.back().cols();
}

}  // namespace

CachedAttention attend_cached(const Matrix& query, const Matrix& key, const Matrix& value, const Cache& cache) {
    if (query.rows() != key.rows() || query.rows() != value.rows() || query.cols() != key.cols()) throw Misfit();
    if (cache.keys.rows() != cache.values.rows() || cache.keys.cols() != key.cols()) throw Misfit();
    if (cache.values.cols() != value.cols()) throw Misfit();
    CachedAttention result{Matrix(query.rows(), value.cols()), cache};
    for (Index i = 0; i < query.rows(); ++i) {  // append one, ask one: then no mask is needed
        const Index n = result.cache.keys.rows();
        result.cache.keys.conservativeResize(n + 1, Eigen::NoChange);
        result.cache.values.conservativeResize(n + 1, Eigen::NoChange);
        result.cache.keys.row(n) = key.row(i);
        result.cache.values.row(n) = value.row(i);
        const RowVector scores = (query.row(i) / std::sqrt(Scalar(key.cols()))) * result.cache.keys.transpose();
        const Long total = log_sum_exp(scores);
        RowVector weights(n + 1);
        for (Index t = 0; t <= n; ++t) weights(t) = static_cast<Scalar>(std::exp(scores(t) - total));
        result.output.row(i) = weights * result.cache.values;
    }
    return result;
}

RowVector penalize_repetition(const RowVector& logits, const TokenIds& said, Scalar penalty) {
    if (!(penalty > 0)) throw Misfit();
    if (std::any_of(said.begin(), said.end(), [&](int id) { return id < 0 || id >= logits.size(); })) throw Misfit();
    RowVector result = logits;
    for (int id = 0; id < logits.size(); ++id) {
        if (std::find(said.begin(), said.end(), id) == said.end()) continue;
        result(id) *= logits(id) > 0 ? 1 / penalty : penalty;
    }
    return result;
}

RowVector probabilities(const RowVector& logits, Scalar temperature) {
    if (logits.size() == 0 || temperature < 0) throw Misfit();
    RowVector result = RowVector::Zero(logits.size());
    if (temperature == 0) {
        for (Index id = 0; id < logits.size(); ++id) result(id) = rank(logits, id) == 0 ? 1 : 0;
        return result;
    }
    const Scalar most = logits.maxCoeff();
    for (Index id = 0; id < logits.size(); ++id)
        result(id) = static_cast<Scalar>(std::exp(Long{logits(id) - most} / temperature));
    return shared(result);
}

RowVector top_k(const RowVector& distribution, Index k) {
    if (k < 1) throw Misfit();
    RowVector kept = distribution;
    for (Index id = 0; id < kept.size(); ++id)
        if (rank(distribution, id) >= k) kept(id) = 0;
    return shared(kept);
}

RowVector top_p(const RowVector& distribution, Scalar p) {
    if (!(p > 0 && p <= 1)) throw Misfit();
    std::priority_queue<std::pair<Scalar, Index>> best;  // the largest first, of equal ones the largest -id
    for (Index id = 0; id < distribution.size(); ++id) best.emplace(distribution(id), -id);
    RowVector kept = RowVector::Zero(distribution.size());
    for (Long sum = 0; sum < p && !best.empty(); best.pop()) {
        kept(-best.top().second) = best.top().first;
        sum += best.top().first;
    }
    return shared(kept);
}

int sample(const RowVector& distribution, Scalar uniform) {
    if (!(uniform >= 0) || uniform >= 1) throw Misfit();
    Long rest = uniform;
    int token = 0, possible = 0;
    for (; token < distribution.size(); ++token) {
        if (rest < distribution(token)) return token;
        if (distribution(token) > 0) possible = token;
        rest -= distribution(token);
    }
    return possible;
}

RowVector next_distribution(const RowVector& logits, const TokenIds& said, const Sampling& settings) {
    return top_p(
        top_k(probabilities(penalize_repetition(logits, said, settings.repetition_penalty), settings.temperature),
              settings.top_k),
        settings.top_p);
}

TokenIds generate(const Model& model, int start, int end, const Sampling& settings, const RowVector& uniforms) {
    vocabulary(model, start);
    if (uniforms.size() != static_cast<Index>(model.size())) throw Misfit();
    TokenIds said, all{start};
    while (said.size() < model.size() && (said.empty() || said.back() != end)) {
        const std::size_t t = said.size();
        const RowVector logits = model[t].row(all.back());
        all.push_back(sample(next_distribution(logits, all, settings), uniforms(static_cast<Index>(t))));
        said.push_back(all.back());
    }
    return said;
}

namespace {

/// A beginning knows its last token and its parent; sentences are read backwards.
struct Node {
    int token;
    std::size_t parent;
    Long sum;
    Index length;
};

TokenIds sentence(const std::vector<Node>& nodes, std::size_t place) {
    TokenIds ids;
    for (; place != 0; place = nodes[place].parent) ids.insert(ids.begin(), nodes[place].token);
    return ids;
}

}  // namespace

std::vector<Hypothesis> beam_search(const Model& model, int start, int end, Index beam_width, Scalar alpha) {
    const Index n = vocabulary(model, start);
    if (beam_width < 1 || alpha < 0) throw Misfit();
    std::vector<Node> nodes{{start, 0, 0, 0}};
    std::vector<std::size_t> beam{0}, finished;
    for (const Matrix& table : model) {
        std::vector<std::size_t> fresh;
        for (const std::size_t parent : beam) {
            const RowVector logits = table.row(nodes[parent].token);
            const Long total = log_sum_exp(logits);
            for (int id = 0; id < n; ++id) {
                (id == end ? finished : fresh).push_back(nodes.size());
                nodes.push_back({id, parent, nodes[parent].sum + (logits(id) - total), nodes[parent].length + 1});
            }
        }
        // Places grow in the order in which ties are decided.
        const auto better = [&](std::size_t a, std::size_t b) {
            return nodes[a].sum > nodes[b].sum || (nodes[a].sum == nodes[b].sum && a < b);
        };
        const auto count = std::min(fresh.size(), static_cast<std::size_t>(beam_width));
        std::partial_sort(fresh.begin(), fresh.begin() + static_cast<long>(count), fresh.end(), better);
        fresh.resize(count);
        beam = fresh;
    }
    finished.insert(finished.end(), beam.begin(), beam.end());
    std::multimap<Long, std::size_t, std::greater<>> by_score;  // equal ones in the order in which they came
    for (const std::size_t place : finished)
        by_score.emplace(nodes[place].sum / std::pow(Long(nodes[place].length), Long(alpha)), place);
    std::vector<Hypothesis> result;
    for (const auto& [score, place] : by_score) {
        if (static_cast<Index>(result.size()) == beam_width) break;
        result.push_back({sentence(nodes, place), static_cast<Scalar>(nodes[place].sum), static_cast<Scalar>(score)});
    }
    return result;
}

Scalar acceptance(const RowVector& target, const RowVector& draft, int token) {
    if (target.cols() != draft.cols() || token < 0 || token >= target.cols() || !(draft(token) > 0)) throw Misfit();
    return static_cast<Scalar>(1 - std::max<Long>(0, 1 - Long{target(token)} / draft(token)));
}

RowVector residual(const RowVector& target, const RowVector& draft) {
    if (target.cols() != draft.cols()) throw Misfit();
    const RowVector missing = (target.array() > draft.array()).select(target - draft, 0);
    return (missing.array() > 0).any() ? shared(missing) : target;
}

TokenIds speculate(const TokenIds& drafted, const Matrix& draft, const Matrix& target, const RowVector& uniforms,
                   Scalar last) {
    const auto n = static_cast<Index>(drafted.size());
    if (draft.rows() != n || target.rows() != n + 1 || uniforms.cols() != n || draft.cols() != target.cols())
        throw Misfit();
    if (!(last >= 0 && last < 1) || (n > 0 && (uniforms.minCoeff() < 0 || uniforms.maxCoeff() >= 1))) throw Misfit();
    Index first = n;  // of those that are rejected
    for (Index i = n - 1; i >= 0; --i) {
        const int token = drafted[static_cast<std::size_t>(i)];
        if (token < 0 || token >= draft.cols() || !(draft(i, token) > 0)) throw Misfit();
        if (uniforms(i) * draft(i, token) >= target(i, token)) first = i;
    }
    TokenIds said = drafted;
    said.resize(static_cast<std::size_t>(first));
    said.push_back(first == n ? sample(target.row(n), last)
                              : sample(residual(target.row(first), draft.row(first)), last));
    return said;
}

}  // namespace decoding
