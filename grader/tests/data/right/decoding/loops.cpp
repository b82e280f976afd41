// A right solution in plain loops, number by number; nothing of the exercise attention is called.
#include "decoding.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace decoding {

static void check(bool fine) {
    if (!fine) throw std::invalid_argument("these do not fit");
}

CachedAttention attend_cached(const Matrix& query, const Matrix& key, const Matrix& value, const Cache& cache) {
    const Index n_new = query.rows(), n_cached = cache.keys.rows(), d_k = query.cols(), d_v = value.cols();
    check(key.rows() == n_new && value.rows() == n_new && cache.values.rows() == n_cached);
    check(key.cols() == d_k && cache.keys.cols() == d_k && cache.values.cols() == d_v);
    CachedAttention result{Matrix::Zero(n_new, d_v), {Matrix(n_cached + n_new, d_k), Matrix(n_cached + n_new, d_v)}};
    for (Index t = 0; t < n_cached + n_new; ++t) {
        for (Index j = 0; j < d_k; ++j)
            result.cache.keys(t, j) = t < n_cached ? cache.keys(t, j) : key(t - n_cached, j);
        for (Index j = 0; j < d_v; ++j)
            result.cache.values(t, j) = t < n_cached ? cache.values(t, j) : value(t - n_cached, j);
    }
    for (Index i = 0; i < n_new; ++i) {
        std::vector<Scalar> scores;
        Scalar most = 0, sum = 0;
        for (Index t = 0; t <= n_cached + i; ++t) {
            Scalar score = 0;
            for (Index j = 0; j < d_k; ++j) score += query(i, j) * result.cache.keys(t, j);
            scores.push_back(score / std::sqrt(static_cast<Scalar>(d_k)));
            if (t == 0 || scores.back() > most) most = scores.back();
        }
        for (Scalar& score : scores) sum += score = std::exp(score - most);
        for (std::size_t t = 0; t < scores.size(); ++t) {
            for (Index j = 0; j < d_v; ++j)
                result.output(i, j) += scores[t] / sum * result.cache.values(static_cast<Index>(t), j);
        }
    }
    return result;
}

RowVector penalize_repetition(const RowVector& logits, const TokenIds& said, Scalar penalty) {
    check(penalty > 0);
    std::vector<bool> was_said(static_cast<std::size_t>(logits.size()), false);
    for (std::size_t i = 0; i < said.size(); ++i) {
        check(said[i] >= 0 && said[i] < logits.size());
        was_said[static_cast<std::size_t>(said[i])] = true;
    }
    RowVector penalized(logits.size());
    for (Index i = 0; i < logits.size(); ++i) {
        penalized(i) = logits(i);
        if (was_said[static_cast<std::size_t>(i)]) {
            if (logits(i) > 0)
                penalized(i) /= penalty;
            else
                penalized(i) *= penalty;
        }
    }
    return penalized;
}

RowVector probabilities(const RowVector& logits, Scalar temperature) {
    check(logits.size() > 0 && temperature >= 0);
    Index best = 0;
    for (Index i = 1; i < logits.size(); ++i)
        if (logits(i) > logits(best)) best = i;
    RowVector result(logits.size());
    Scalar sum = 0;
    for (Index i = 0; i < logits.size(); ++i) {
        if (temperature == 0)
            result(i) = i == best ? 1 : 0;
        else
            result(i) = std::exp((logits(i) - logits(best)) / temperature);
        sum += result(i);
    }
    for (Index i = 0; i < logits.size(); ++i) result(i) /= sum;
    return result;
}

/// The best token that is not taken yet.
static Index next_best(const RowVector& distribution, const std::vector<bool>& taken) {
    Index best = -1;
    for (Index i = 0; i < distribution.size(); ++i) {
        if (taken[static_cast<std::size_t>(i)]) continue;
        if (best < 0 || distribution(i) > distribution(best)) best = i;
    }
    return best;
}

static RowVector only(const RowVector& distribution, const std::vector<bool>& taken) {
    RowVector kept(distribution.size());
    Scalar sum = 0;
    for (Index i = 0; i < kept.size(); ++i) {
        kept(i) = taken[static_cast<std::size_t>(i)] ? distribution(i) : 0;
        sum += kept(i);
    }
    for (Index i = 0; i < kept.size(); ++i) kept(i) = kept(i) / sum;
    return kept;
}

RowVector top_k(const RowVector& distribution, Index k) {
    check(k > 0);
    std::vector<bool> taken(static_cast<std::size_t>(distribution.size()), false);
    for (Index count = 0; count < k && count < distribution.size(); ++count)
        taken[static_cast<std::size_t>(next_best(distribution, taken))] = true;
    return only(distribution, taken);
}

RowVector top_p(const RowVector& distribution, Scalar p) {
    check(p > 0 && p <= 1);
    std::vector<bool> taken(static_cast<std::size_t>(distribution.size()), false);
    Scalar sum = 0;
    for (Index count = 0; count < distribution.size(); ++count) {
        const Index best = next_best(distribution, taken);
        taken[static_cast<std::size_t>(best)] = true;
        sum += distribution(best);
        if (sum >= p) break;
    }
    return only(distribution, taken);
}

int sample(const RowVector& distribution, Scalar uniform) {
    check(uniform >= 0 && uniform < 1);
    Scalar sum = 0;
    for (int i = 0; i < distribution.size(); ++i) {
        sum += distribution(i);
        if (sum > uniform) return i;
    }
    for (int i = static_cast<int>(distribution.size()) - 1; i > 0; --i)
        if (distribution(i) > 0) return i;
    return 0;
}

RowVector next_distribution(const RowVector& logits, const TokenIds& said, const Sampling& settings) {
    RowVector row = penalize_repetition(logits, said, settings.repetition_penalty);
    row = probabilities(row, settings.temperature);
    row = top_k(row, settings.top_k);
    row = top_p(row, settings.top_p);
    return row;
}

static void check_model(const Model& model, int start) {
    check(model.size() > 0);
    const Index n = model[0].rows();
    for (std::size_t t = 0; t < model.size(); ++t) check(model[t].rows() == n && model[t].cols() == n);
    check(start >= 0 && start < n);
}

TokenIds generate(const Model& model, int start, int end, const Sampling& settings, const RowVector& uniforms) {
    check_model(model, start);
    check(uniforms.size() == static_cast<Index>(model.size()));
    TokenIds history, result;
    history.push_back(start);
    int token = start;
    for (std::size_t t = 0; t < model.size(); ++t) {
        token = sample(next_distribution(model[t].row(token), history, settings), uniforms(static_cast<Index>(t)));
        history.push_back(token);
        result.push_back(token);
        if (token == end) return result;
    }
    return result;
}

std::vector<Hypothesis> beam_search(const Model& model, int start, int end, Index beam_width, Scalar alpha) {
    check_model(model, start);
    check(beam_width >= 1 && alpha >= 0);
    const auto width = static_cast<std::size_t>(beam_width);
    // A list that is kept sorted: each new one goes behind all that are at least as good, and the last falls off.
    const auto insert = [width](std::vector<Hypothesis>& list, const Hypothesis& one, bool by_score) {
        std::size_t place = list.size();
        while (place > 0 &&
               (by_score ? one.score > list[place - 1].score : one.log_probability > list[place - 1].log_probability))
            --place;
        if (place >= width) return;
        list.insert(list.begin() + static_cast<long>(place), one);
        if (list.size() > width) list.pop_back();
    };
    std::vector<Hypothesis> beam, best;
    beam.push_back({{}, 0, 0});
    for (std::size_t t = 0; t < model.size(); ++t) {
        std::vector<Hypothesis> next_beam;
        for (std::size_t b = 0; b < beam.size(); ++b) {
            const Index row = t == 0 ? start : beam[b].ids.back();
            Scalar most = model[t](row, 0), sum = 0;
            for (Index i = 1; i < model[t].cols(); ++i)
                if (model[t](row, i) > most) most = model[t](row, i);
            for (Index i = 0; i < model[t].cols(); ++i) sum += std::exp(model[t](row, i) - most);
            for (int i = 0; i < model[t].cols(); ++i) {
                Hypothesis longer = beam[b];
                longer.ids.push_back(i);
                longer.log_probability += model[t](row, i) - most - std::log(sum);
                longer.score = longer.log_probability / std::pow(static_cast<Scalar>(t + 1), alpha);
                if (i == end)
                    insert(best, longer, true);
                else
                    insert(next_beam, longer, false);
            }
        }
        beam = next_beam;
    }
    for (std::size_t b = 0; b < beam.size(); ++b) insert(best, beam[b], true);
    return best;
}

Scalar acceptance(const RowVector& target, const RowVector& draft, int token) {
    check(target.size() == draft.size());
    check(token >= 0 && token < target.size());
    check(draft(token) > 0);
    if (target(token) >= draft(token)) return 1;
    return target(token) / draft(token);
}

RowVector residual(const RowVector& target, const RowVector& draft) {
    check(target.size() == draft.size());
    RowVector left(target.size());
    Scalar sum = 0;
    for (Index i = 0; i < left.size(); ++i) {
        left(i) = target(i) > draft(i) ? target(i) - draft(i) : 0;
        sum += left(i);
    }
    if (sum == 0) return target;
    for (Index i = 0; i < left.size(); ++i) left(i) /= sum;
    return left;
}

TokenIds speculate(const TokenIds& drafted, const Matrix& draft, const Matrix& target, const RowVector& uniforms,
                   Scalar last) {
    const auto n = static_cast<Index>(drafted.size());
    check(draft.rows() == n && target.rows() == n + 1 && uniforms.size() == n && draft.cols() == target.cols());
    check(last >= 0 && last < 1);
    for (Index i = 0; i < n; ++i) {
        check(uniforms(i) >= 0 && uniforms(i) < 1);
        const int token = drafted[static_cast<std::size_t>(i)];
        check(token >= 0 && token < draft.cols() && draft(i, token) > 0);
    }
    TokenIds said;
    for (Index i = 0; i < n; ++i) {
        const int token = drafted[static_cast<std::size_t>(i)];
        if (uniforms(i) >= acceptance(target.row(i), draft.row(i), token)) {
            said.push_back(sample(residual(target.row(i), draft.row(i)), last));
            return said;
        }
        said.push_back(token);
    }
    said.push_back(sample(target.row(n), last));
    return said;
}

}  // namespace decoding
