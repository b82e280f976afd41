// Everything char by char and number by number; the hops by answer_adjacent, the states from its weights.
#include "story_questions.hpp"

#include <map>
#include <set>
#include <stdexcept>

namespace story_questions {

std::vector<std::string> split_words(const std::string& text) {
    const std::set<char> separators = {' ', '\t', '\n', '\r', '.', ',', ';', ':', '!', '?', '"', '(', ')'};
    std::vector<std::string> words;
    bool inside = false;
    for (char letter : text) {
        if (separators.count(letter) > 0) {
            inside = false;
            continue;
        }
        if (!inside) words.push_back("");
        inside = true;
        if ('A' <= letter && letter <= 'Z') letter = static_cast<char>(letter + ('a' - 'A'));
        words.back().push_back(letter);
    }
    return words;
}

TokenIds words_to_ids(const std::vector<std::string>& words, const std::vector<std::string>& vocabulary) {
    std::map<std::string, int> ids;
    for (std::size_t i = 0; i < vocabulary.size(); ++i) ids.emplace(vocabulary[i], static_cast<int>(i));
    TokenIds result;
    for (const std::string& word : words) {
        const auto found = ids.find(word);
        if (found == ids.end()) throw std::invalid_argument("unknown word: " + word);
        result.push_back(found->second);
    }
    return result;
}

Asked read_text(const std::string& text, const std::vector<std::string>& vocabulary) {
    const std::size_t mark = text.find('?');
    if (mark == std::string::npos) throw std::invalid_argument("no question");
    const std::string rest = text.substr(mark + 1);
    if (rest.find('?') != std::string::npos || !split_words(rest).empty())
        throw std::invalid_argument("something stands behind the question");
    Asked asked;
    std::size_t from = 0;
    for (std::size_t end; (end = text.find_first_of(".!", from)) < mark; from = end + 1) {
        const TokenIds sentence = words_to_ids(split_words(text.substr(from, end - from)), vocabulary);
        if (!sentence.empty()) asked.story.push_back(sentence);
    }
    asked.question = words_to_ids(split_words(text.substr(from, mark - from)), vocabulary);
    if (asked.question.empty()) throw std::invalid_argument("an empty question");
    return asked;
}

static Story remembered(const Story& story, const AdjacentModel& model) {
    Story kept = story;
    for (const Matrix& table : model.temporal) {
        while (static_cast<Index>(kept.size()) > table.rows()) kept.erase(kept.begin());
    }
    return kept;
}

Trace look_inside(const Asked& asked, const AdjacentModel& model, Encoding encoding) {
    const Story story = remembered(asked.story, model);
    const memory_network::Answer answer = memory_network::answer_adjacent(story, asked.question, model, encoding);
    const Index n_hops = answer.weights.rows(), n_kept = answer.weights.cols(),
                n_all = static_cast<Index>(asked.story.size()), d = model.embeddings[0].cols();
    Trace trace{Matrix(n_hops + 1, d), Matrix(n_hops, n_all), answer.logits};
    trace.states.row(0) = memory_network::encode_sentence(asked.question, model.embeddings[0], encoding);
    for (Index k = 0; k < n_hops; ++k) {
        std::optional<Matrix> ages;
        if (!model.temporal.empty()) ages = model.temporal[static_cast<std::size_t>(k + 1)];
        const Matrix read =
            memory_network::encode_story(story, model.embeddings[static_cast<std::size_t>(k + 1)], ages, encoding);
        for (Index f = 0; f < d; ++f) {
            Scalar sum = trace.states(k, f);
            for (Index i = 0; i < n_kept; ++i) sum += answer.weights(k, i) * read(i, f);
            trace.states(k + 1, f) = sum;
        }
        for (Index i = 0; i < n_all; ++i)
            trace.weights(k, i) = i < n_all - n_kept ? 0 : answer.weights(k, i - (n_all - n_kept));
    }
    return trace;
}

TokenIds answers(const std::vector<Asked>& asked, const AdjacentModel& model, Encoding encoding) {
    TokenIds ids;
    for (std::size_t n = 0; n < asked.size(); ++n) {
        const RowVector logits =
            memory_network::answer_adjacent(remembered(asked[n].story, model), asked[n].question, model, encoding)
                .logits;
        if (logits.size() == 0) throw std::invalid_argument("no words");
        int best = 0;
        for (int id = 1; id < logits.size(); ++id) {
            if (logits(id) > logits(best)) best = id;
        }
        ids.push_back(best);
    }
    return ids;
}

std::string answer_text(const std::string& text, const std::vector<std::string>& vocabulary, const AdjacentModel& model,
                        Encoding encoding) {
    for (const Matrix& table : model.embeddings) {
        if (table.rows() != static_cast<Index>(vocabulary.size())) throw std::invalid_argument("another vocabulary");
    }
    return vocabulary.at(static_cast<std::size_t>(answers({read_text(text, vocabulary)}, model, encoding).at(0)));
}

std::vector<Index> supporting_sentences(const Matrix& weights) {
    std::vector<Index> found;
    for (Index k = 0; k < weights.rows(); ++k) {
        if (weights.cols() == 0) throw std::invalid_argument("no sentences");
        Index best = weights.cols() - 1;
        for (Index i = best - 1; i >= 0; --i) {
            if (weights(k, i) > weights(k, best)) best = i;
        }
        found.push_back(best);
    }
    return found;
}

RowVector accuracy_by_kind(const TokenIds& said, const TokenIds& expected, const std::vector<Index>& kinds,
                           Index n_kinds) {
    if (said.size() != expected.size() || said.size() != kinds.size() || n_kinds < 1)
        throw std::invalid_argument("lists differ in length");
    std::vector<int> right(static_cast<std::size_t>(n_kinds)), all(right);
    for (std::size_t n = 0; n < said.size(); ++n) {
        if (kinds[n] < 0 || kinds[n] >= n_kinds) throw std::invalid_argument("no such kind");
        const auto kind = static_cast<std::size_t>(kinds[n]);
        ++all[kind];
        if (said[n] == expected[n]) ++right[kind];
    }
    RowVector shares = RowVector::Zero(n_kinds);
    for (std::size_t k = 0; k < all.size(); ++k) {
        if (all[k] > 0) shares(static_cast<Index>(k)) = static_cast<Scalar>(right[k]) / static_cast<Scalar>(all[k]);
    }
    return shares;
}

Matrix support_by_kind(const Matrix& found, const Matrix& expected, const std::vector<Index>& kinds, Index n_kinds) {
    if (found.rows() != expected.rows() || found.cols() != expected.cols())
        throw std::invalid_argument("shapes differ");
    if (found.rows() != static_cast<Index>(kinds.size()) || n_kinds < 1) throw std::invalid_argument("kinds");
    for (const Index kind : kinds) {
        if (kind < 0 || kind >= n_kinds) throw std::invalid_argument("no such kind");
    }
    Matrix shares = Matrix::Zero(n_kinds, found.cols());
    for (Index kind = 0; kind < n_kinds; ++kind) {
        for (Index k = 0; k < found.cols(); ++k) {
            Scalar all = 0, right = 0;
            for (Index n = 0; n < found.rows(); ++n) {
                if (kinds[static_cast<std::size_t>(n)] != kind) continue;
                all += 1;
                right += found(n, k) == expected(n, k) ? 1 : 0;
            }
            if (all > 0) shares(kind, k) = right / all;
        }
    }
    return shares;
}

}  // namespace story_questions
