// Model, question and story are checked first, forgotten sentences too; nothing of memory_network is called. A text is
// read once, sign by sign, and states are sums in long double over std::vector.
#include "story_questions.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

namespace story_questions {

namespace {

using Real = long double;
using Vector = std::vector<Real>;

void demand(bool holds) {
    if (!holds) throw std::invalid_argument("story_questions: not to be read");
}

enum class Sign { letter, space, stop, question };

Sign sign_of(char c) {
    switch (c) {
        case '.':
        case '!':
            return Sign::stop;
        case '?':
            return Sign::question;
        case ' ':
        case '\t':
        case '\n':
        case '\r':
        case ',':
        case ';':
        case ':':
        case '"':
        case '(':
        case ')':
            return Sign::space;
        default:
            return Sign::letter;
    }
}

char small(char c) {
    static const std::string capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", letters = "abcdefghijklmnopqrstuvwxyz";
    const std::size_t place = capitals.find(c);
    return place == std::string::npos ? c : letters[place];
}

void demand_words(const TokenIds& ids, Index vocabulary) {
    demand(std::all_of(ids.begin(), ids.end(), [&](int id) { return 0 <= id && id < vocabulary; }));
}

void demand_all(const Asked& asked, const AdjacentModel& model) {
    demand(model.embeddings.size() >= 2);
    const Index vocabulary = model.embeddings.front().rows(), d = model.embeddings.front().cols();
    for (const Matrix& each : model.embeddings) demand(each.rows() == vocabulary && each.cols() == d);
    demand(model.temporal.empty() || model.temporal.size() == model.embeddings.size());
    for (const Matrix& each : model.temporal) demand(each.cols() == d);
    demand_words(asked.question, vocabulary);
    for (const TokenIds& sentence : asked.story) demand_words(sentence, vocabulary);
}

Vector encoded(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    const auto d = static_cast<std::size_t>(embedding.cols());
    Vector sum(d, 0);
    for (std::size_t j = 1; j <= sentence.size(); ++j) {
        const Real place = static_cast<Real>(j) / static_cast<Real>(sentence.size());
        for (std::size_t k = 1; k <= d; ++k) {
            const Real feature = static_cast<Real>(k) / static_cast<Real>(d);
            const Real weight = encoding == Encoding::position ? 1 - place - feature * (1 - 2 * place) : 1;
            sum[k - 1] += weight * embedding(sentence[j - 1], static_cast<Index>(k - 1));
        }
    }
    return sum;
}

/// The slots by age: the newest sentence first, as the temporal tables have it.
std::vector<Vector> slots(const Story& story, std::size_t n_kept, const AdjacentModel& model, std::size_t table,
                          Encoding encoding) {
    std::vector<Vector> by_age;
    for (std::size_t age = 0; age < n_kept; ++age) {
        Vector slot = encoded(story[story.size() - 1 - age], model.embeddings[table], encoding);
        for (std::size_t k = 0; k < slot.size() && !model.temporal.empty(); ++k)
            slot[k] += model.temporal[table](static_cast<Index>(age), static_cast<Index>(k));
        by_age.push_back(slot);
    }
    return by_age;
}

Real dot(const Vector& a, const Vector& b) {
    Real sum = 0;
    for (std::size_t k = a.size(); k > 0; --k) sum += a[k - 1] * b[k - 1];
    return sum;
}

}  // namespace

std::vector<std::string> split_words(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + " ") {
        if (sign_of(c) == Sign::letter) {
            word += small(c);
        } else if (!word.empty()) {
            words.push_back(word);
            word.clear();
        }
    }
    return words;
}

TokenIds words_to_ids(const std::vector<std::string>& words, const std::vector<std::string>& vocabulary) {
    std::unordered_map<std::string, int> ids;
    for (const std::string& word : vocabulary) ids.try_emplace(word, static_cast<int>(&word - vocabulary.data()));
    demand(std::all_of(words.begin(), words.end(), [&](const std::string& word) { return ids.contains(word); }));
    TokenIds found;
    for (const std::string& word : words) found.push_back(ids.at(word));
    return found;
}

Asked read_text(const std::string& text, const std::vector<std::string>& vocabulary) {
    demand(std::count(text.begin(), text.end(), '?') == 1);
    Asked asked;
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        const Sign sign = sign_of(c);
        if (sign == Sign::letter) {
            demand(asked.question.empty());  // a word behind the question
            word += small(c);
            continue;
        }
        if (!word.empty()) words.push_back(word);
        word.clear();
        if (sign == Sign::space) continue;
        const TokenIds ids = words_to_ids(words, vocabulary);
        words.clear();
        if (sign == Sign::question) {
            demand(!ids.empty());
            asked.question = ids;
        } else if (!ids.empty()) {
            asked.story.push_back(ids);
        }
    }
    return asked;
}

Trace look_inside(const Asked& asked, const AdjacentModel& model, Encoding encoding) {
    demand_all(asked, model);
    std::size_t n_kept = asked.story.size();
    for (const Matrix& table : model.temporal) n_kept = std::min(n_kept, static_cast<std::size_t>(table.rows()));

    const std::size_t n_hops = model.embeddings.size() - 1;
    std::vector<Vector> states{encoded(asked.question, model.embeddings[0], encoding)};
    Trace trace;
    trace.weights = Matrix::Zero(static_cast<Index>(n_hops), std::ssize(asked.story));
    for (std::size_t hop = 0; hop < n_hops; ++hop) {
        const auto compared = slots(asked.story, n_kept, model, hop, encoding);
        const auto read = slots(asked.story, n_kept, model, hop + 1, encoding);
        Vector scores, next = states.back();
        for (const Vector& slot : compared) scores.push_back(dot(states.back(), slot));
        for (std::size_t age = 0; age < n_kept; ++age) {
            Real all = 0;  // how much more the others weigh than this one
            for (const Real score : scores) all += std::exp(score - scores[age]);
            const Real weight = 1 / all;
            trace.weights(static_cast<Index>(hop), std::ssize(asked.story) - 1 - static_cast<Index>(age)) =
                static_cast<Scalar>(weight);
            for (std::size_t k = 0; k < next.size(); ++k) next[k] += weight * read[age][k];
        }
        states.push_back(next);
    }

    const Matrix& last = model.embeddings.back();
    trace.states.resize(std::ssize(states), last.cols());
    for (Index i = 0; i < trace.states.rows(); ++i) {
        for (Index k = 0; k < last.cols(); ++k)
            trace.states(i, k) = static_cast<Scalar>(states[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)]);
    }
    trace.logits.resize(last.rows());
    for (Index id = 0; id < last.rows(); ++id) {
        Real logit = 0;
        for (Index k = 0; k < last.cols(); ++k) logit += states.back()[static_cast<std::size_t>(k)] * last(id, k);
        trace.logits(id) = static_cast<Scalar>(logit);
    }
    return trace;
}

TokenIds answers(const std::vector<Asked>& asked, const AdjacentModel& model, Encoding encoding) {
    demand_all({}, model);
    demand(model.embeddings[0].rows() > 0);  // also where nothing is asked
    for (const Asked& each : asked) demand_all(each, model);
    TokenIds said(asked.size());
    std::transform(asked.begin(), asked.end(), said.begin(), [&](const Asked& each) {
        const RowVector logits = look_inside(each, model, encoding).logits;
        return static_cast<int>(std::max_element(logits.begin(), logits.end()) - logits.begin());
    });
    return said;
}

std::string answer_text(const std::string& text, const std::vector<std::string>& vocabulary, const AdjacentModel& model,
                        Encoding encoding) {
    demand_all({}, model);
    demand(std::ssize(vocabulary) == model.embeddings[0].rows());
    const Asked asked = read_text(text, vocabulary);
    return vocabulary[static_cast<std::size_t>(answers({asked}, model, encoding).front())];
}

std::vector<Index> supporting_sentences(const Matrix& weights) {
    demand(weights.rows() == 0 || weights.cols() > 0);
    std::vector<Index> found(static_cast<std::size_t>(weights.rows()), 0);
    for (Index i = 0; i < weights.cols(); ++i) {  // a newer sentence wins where it is as large
        for (Index hop = 0; hop < weights.rows(); ++hop) {
            Index& best = found[static_cast<std::size_t>(hop)];
            if (weights(hop, i) >= weights(hop, best)) best = i;
        }
    }
    return found;
}

namespace {

/// The mean of what each story counts, for each kind.
Matrix means_by_kind(const Matrix& counts, const std::vector<Index>& kinds, Index n_kinds) {
    Matrix sums = Matrix::Zero(n_kinds, counts.cols());
    std::vector<Index> stories(static_cast<std::size_t>(n_kinds), 0);
    for (std::size_t n = 0; n < kinds.size(); ++n) {
        ++stories[static_cast<std::size_t>(kinds[n])];
        sums.row(kinds[n]) += counts.row(static_cast<Index>(n));
    }
    for (Index kind = 0; kind < n_kinds; ++kind)
        sums.row(kind) /= static_cast<Scalar>(std::max(stories[static_cast<std::size_t>(kind)], Index{1}));
    return sums;
}

void demand_kinds(const std::vector<Index>& kinds, Index n_kinds) {
    demand(n_kinds >= 1);
    demand(kinds.empty() || *std::min_element(kinds.begin(), kinds.end()) >= 0);
    demand(kinds.empty() || *std::max_element(kinds.begin(), kinds.end()) < n_kinds);
}

}  // namespace

RowVector accuracy_by_kind(const TokenIds& said, const TokenIds& expected, const std::vector<Index>& kinds,
                           Index n_kinds) {
    demand_kinds(kinds, n_kinds);
    demand(said.size() == kinds.size() && expected.size() == kinds.size());
    Matrix right(std::ssize(said), 1);
    std::transform(said.begin(), said.end(), expected.begin(), right.data(),
                   [](int one, int other) { return one == other ? Scalar{1} : Scalar{0}; });
    return means_by_kind(right, kinds, n_kinds).transpose();
}

Matrix support_by_kind(const Matrix& found, const Matrix& expected, const std::vector<Index>& kinds, Index n_kinds) {
    demand_kinds(kinds, n_kinds);
    demand(found.rows() == expected.rows() && found.cols() == expected.cols());
    demand(found.rows() == std::ssize(kinds));
    return means_by_kind((found.array() == expected.array()).cast<Scalar>(), kinds, n_kinds);
}

}  // namespace story_questions
