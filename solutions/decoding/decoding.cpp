// Reference: a cache of keys and values, sampling, beam search, speculative decoding.
#include "decoding.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>

namespace decoding {

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

std::string text(auto number) { return std::to_string(number); }

void require_equal(Index found, Index due, const std::string& what) {
    require(found == due, what + ": " + text(found) + " and " + text(due));
}

void require_token(int id, Index n_vocabulary) {
    require(id >= 0 && id < n_vocabulary, "id " + text(id) + " is none of " + text(n_vocabulary) + " tokens");
}

void require_uniform(Scalar number) { require(number >= 0 && number < 1, text(number) + " was not drawn from 0 to 1"); }

Index length(const auto& list) { return static_cast<Index>(list.size()); }

Matrix stacked(const Matrix& upper, const Matrix& lower) {
    Matrix both(upper.rows() + lower.rows(), lower.cols());
    both << upper, lower;
    return both;
}

}  // namespace

CachedAttention attend_cached(const Matrix& query, const Matrix& key, const Matrix& value, const Cache& cache) {
    require_equal(query.rows(), key.rows(), "new queries and keys");
    require_equal(value.rows(), key.rows(), "new values and keys");
    require_equal(cache.values.rows(), cache.keys.rows(), "cached values and keys");
    require_equal(query.cols(), key.cols(), "width of queries and keys");
    require_equal(key.cols(), cache.keys.cols(), "width of new and cached keys");
    require_equal(value.cols(), cache.values.cols(), "width of new and cached values");
    const Cache grown{stacked(cache.keys, key), stacked(cache.values, value)};
    const Mask mask = attention::causal_mask(query.rows(), grown.keys.rows());  // the queries are the last positions
    return {attention::masked_attention(query, grown.keys, grown.values, mask).output, grown};
}

RowVector penalize_repetition(const RowVector& logits, const TokenIds& said, Scalar penalty) {
    require(penalty > 0, "the penalty must be greater than 0, as " + text(penalty) + " is not");
    for (const int id : said) require_token(id, logits.size());
    RowVector penalized = logits;
    for (const int id : said) penalized(id) = logits(id) > 0 ? logits(id) / penalty : logits(id) * penalty;
    return penalized;
}

RowVector probabilities(const RowVector& logits, Scalar temperature) {
    require(logits.size() > 0, "there are no logits");
    require(temperature >= 0, "the temperature is below 0: " + text(temperature));
    Index best = 0;
    const Scalar largest = logits.maxCoeff(&best);
    if (temperature == 0) return RowVector::Unit(logits.size(), best);
    return attention::softmax_rows((logits.array() - largest) / temperature);
}

namespace {

/// All tokens, the most probable first, of equal ones the lower id.
std::vector<Index> ranked(const RowVector& distribution) {
    std::vector<Index> tokens(static_cast<std::size_t>(distribution.size()));
    std::iota(tokens.begin(), tokens.end(), Index{0});
    std::ranges::stable_sort(tokens, std::ranges::greater{}, [&](Index id) { return distribution(id); });
    return tokens;
}

/// What is left if only the first n of these tokens may be drawn.
RowVector keep(const RowVector& distribution, const std::vector<Index>& tokens, Index n) {
    RowVector kept = RowVector::Zero(distribution.size());
    for (const Index id : std::span(tokens).first(static_cast<std::size_t>(n))) kept(id) = distribution(id);
    return kept / kept.sum();
}

}  // namespace

RowVector top_k(const RowVector& distribution, Index k) {
    require(k >= 1, "at least one token must be kept, not " + text(k));
    return keep(distribution, ranked(distribution), std::min(k, distribution.size()));
}

RowVector top_p(const RowVector& distribution, Scalar p) {
    require(p > 0 && p <= 1, "p must be above 0 and at most 1, as " + text(p) + " is not");
    const std::vector<Index> tokens = ranked(distribution);
    Scalar sum = 0;
    Index n = 0;
    while (n < length(tokens) && sum < p) sum += distribution(tokens[static_cast<std::size_t>(n++)]);
    return keep(distribution, tokens, n);
}

int sample(const RowVector& distribution, Scalar uniform) {
    require_uniform(uniform);
    Scalar sum = 0;
    int last = 0;
    for (int id = 0; id < distribution.size(); ++id) {
        sum += distribution(id);
        if (uniform < sum) return id;
        if (distribution(id) > 0) last = id;
    }
    return last;  // rounding has left the sum a little below 1
}

RowVector next_distribution(const RowVector& logits, const TokenIds& said, const Sampling& settings) {
    const RowVector penalized = penalize_repetition(logits, said, settings.repetition_penalty);
    const RowVector all = probabilities(penalized, settings.temperature);
    return top_p(top_k(all, settings.top_k), settings.top_p);
}

namespace {

void require_model(const Model& model, int start) {
    require(!model.empty(), "the model has no table");
    for (const Matrix& table : model) {
        require_equal(table.rows(), model[0].rows(), "rows of two tables");
        require_equal(table.cols(), table.rows(), "columns and rows of a table");
    }
    require_token(start, model[0].rows());
}

}  // namespace

TokenIds generate(const Model& model, int start, int end, const Sampling& settings, const RowVector& uniforms) {
    require_model(model, start);
    require_equal(uniforms.size(), length(model), "uniform numbers and tables");
    TokenIds said{start};
    for (std::size_t t = 0; t < model.size(); ++t) {
        const RowVector next = next_distribution(model[t].row(said.back()), said, settings);
        said.push_back(sample(next, uniforms(static_cast<Index>(t))));
        if (said.back() == end) break;
    }
    said.erase(said.begin());
    return said;
}

namespace {

RowVector log_softmax(const RowVector& logits) {
    const RowVector shifted = logits.array() - logits.maxCoeff();  // none above 0
    return shifted.array() - std::log(shifted.array().exp().sum());
}

Hypothesis continued(Hypothesis hypothesis, int id, Scalar log_probability, Scalar alpha) {
    hypothesis.ids.push_back(id);
    hypothesis.log_probability += log_probability;
    const auto n = static_cast<Scalar>(hypothesis.ids.size());
    hypothesis.score = hypothesis.log_probability / std::pow(n, alpha);
    return hypothesis;
}

/// Leaves the n with the highest number, the best first. Equal ones stay in their order.
void keep_best(std::vector<Hypothesis>& hypotheses, Index n, Scalar Hypothesis::*number) {
    std::ranges::stable_sort(hypotheses, std::ranges::greater{}, number);
    hypotheses.resize(static_cast<std::size_t>(std::min(n, length(hypotheses))));
}

}  // namespace

std::vector<Hypothesis> beam_search(const Model& model, int start, int end, Index beam_width, Scalar alpha) {
    require_model(model, start);
    require(beam_width >= 1, "the beam must hold at least 1, not " + text(beam_width));
    require(alpha >= 0, "alpha is below 0: " + text(alpha));
    std::vector<Hypothesis> beam{{{}, 0, 0}}, finished;
    for (const Matrix& table : model) {
        std::vector<Hypothesis> going_on;
        for (const Hypothesis& each : beam) {
            const RowVector next = log_softmax(table.row(each.ids.empty() ? start : each.ids.back()));
            for (int id = 0; id < next.size(); ++id)
                (id == end ? finished : going_on).push_back(continued(each, id, next(id), alpha));
        }
        keep_best(going_on, beam_width, &Hypothesis::log_probability);
        beam = going_on;
    }
    finished.insert(finished.end(), beam.begin(), beam.end());  // cut short
    keep_best(finished, beam_width, &Hypothesis::score);
    return finished;
}

Scalar acceptance(const RowVector& target, const RowVector& draft, int token) {
    require_equal(draft.size(), target.size(), "tokens of draft and target");
    require_token(token, target.size());
    require(draft(token) > 0, "token " + text(token) + " cannot have been drafted: its probability is 0");
    return std::min(Scalar{1}, target(token) / draft(token));
}

RowVector residual(const RowVector& target, const RowVector& draft) {
    require_equal(draft.size(), target.size(), "tokens of draft and target");
    const RowVector missing = (target - draft).cwiseMax(0);  // what the draft has too little of
    const Scalar sum = missing.sum();
    return sum > 0 ? RowVector(missing / sum) : target;
}

TokenIds speculate(const TokenIds& drafted, const Matrix& draft, const Matrix& target, const RowVector& uniforms,
                   Scalar last) {
    const Index n = length(drafted);
    require_equal(draft.rows(), n, "distributions of the draft and drafted tokens");
    require_equal(target.rows(), n + 1, "distributions of the target, and one more than drafted tokens");
    require_equal(uniforms.size(), n, "uniform numbers and drafted tokens");
    require_equal(draft.cols(), target.cols(), "tokens of draft and target");
    require_uniform(last);
    RowVector accepted(n);
    for (Index i = 0; i < n; ++i) {
        require_uniform(uniforms(i));
        accepted(i) = acceptance(target.row(i), draft.row(i), drafted[static_cast<std::size_t>(i)]);
    }
    Index stay = 0;
    while (stay < n && uniforms(stay) < accepted(stay)) ++stay;
    const RowVector next = stay < n ? residual(target.row(stay), draft.row(stay)) : RowVector(target.row(n));
    TokenIds said(drafted.begin(), drafted.begin() + stay);
    said.push_back(sample(next, last));
    return said;
}

}  // namespace decoding
