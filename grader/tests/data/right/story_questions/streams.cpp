// Words by a stream, ids by a sorted index, sentences by recursion from the end, hops by matrices of all sentences.
#include "story_questions.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace story_questions {

namespace {

struct Refused : std::invalid_argument {
    Refused() : std::invalid_argument("this cannot be read") {}
};

void unless(bool fits) {
    if (!fits) throw Refused();
}

/// The newest sentences that every table has room for.
Story remembered(const Story& story, const AdjacentModel& model) {
    Story kept = story;
    for (const Matrix& table : model.temporal) {
        while (static_cast<Index>(kept.size()) > table.rows()) kept.erase(kept.begin());
    }
    return kept;
}

}  // namespace

std::vector<std::string> split_words(const std::string& text) {
    std::string plain = text;
    for (char& letter : plain) {
        switch (letter) {
            case '\t':
            case '\n':
            case '\r':
            case '.':
            case ',':
            case ';':
            case ':':
            case '!':
            case '?':
            case '"':
            case '(':
            case ')':
                letter = ' ';
                break;
            default:
                if ('A' <= letter && letter <= 'Z') letter = static_cast<char>(letter + 32);
        }
    }
    std::stringstream stream(plain);
    std::vector<std::string> words;
    for (std::string word; std::getline(stream, word, ' ');) {
        if (!word.empty()) words.push_back(word);
    }
    return words;
}

TokenIds words_to_ids(const std::vector<std::string>& words, const std::vector<std::string>& vocabulary) {
    std::map<std::string, int> places;
    for (std::size_t i = vocabulary.size(); i > 0; --i) places[vocabulary[i - 1]] = static_cast<int>(i) - 1;
    TokenIds ids;
    for (const std::string& word : words) {
        unless(places.count(word) == 1);
        ids.push_back(places[word]);
    }
    return ids;
}

Asked read_text(const std::string& text, const std::vector<std::string>& vocabulary) {
    const auto mark = text.find('?');
    unless(mark != std::string::npos && text.rfind('?') == mark && split_words(text.substr(mark)).empty());
    std::string before = text.substr(0, mark);
    auto stop = before.find_last_of(".!");
    const std::string question = stop == std::string::npos ? before : before.substr(stop + 1);
    before = stop == std::string::npos ? "" : before.substr(0, stop);
    Asked asked;
    asked.question = words_to_ids(split_words(question), vocabulary);
    unless(!asked.question.empty());
    for (;;) {  // from the last sentence to the first
        stop = before.find_last_of(".!");
        const TokenIds ids =
            words_to_ids(split_words(stop == std::string::npos ? before : before.substr(stop + 1)), vocabulary);
        if (!ids.empty()) asked.story.insert(asked.story.begin(), ids);
        if (stop == std::string::npos) return asked;
        before.resize(stop);
    }
}

Trace look_inside(const Asked& asked, const AdjacentModel& model, Encoding encoding) {
    const std::size_t n_tables = model.embeddings.size();
    unless(n_tables >= 2 && (model.temporal.empty() || model.temporal.size() == n_tables));
    for (const Matrix& each : model.embeddings)
        unless(each.rows() == model.embeddings[0].rows() && each.cols() == model.embeddings[0].cols());
    const Story story = remembered(asked.story, model);
    std::vector<Matrix> memories;
    for (std::size_t k = 0; k < n_tables; ++k) {
        std::optional<Matrix> ages;
        if (!model.temporal.empty()) ages = model.temporal[k];
        memories.push_back(memory_network::encode_story(story, model.embeddings[k], ages, encoding));
    }
    const Index n = std::ssize(story), n_hops = std::ssize(model.embeddings) - 1;
    Trace trace;
    trace.weights = Matrix::Zero(n_hops, std::ssize(asked.story));
    trace.states.resize(n_hops + 1, model.embeddings[0].cols());
    trace.states.row(0) = memory_network::encode_sentence(asked.question, model.embeddings[0], encoding);
    for (Index k = 0; k < n_hops; ++k) {
        const auto table = static_cast<std::size_t>(k);
        trace.states.row(k + 1) = trace.states.row(k);
        if (n == 0) continue;
        Matrix scores = trace.states.row(k) * memories[table].transpose();
        scores.array() -= scores.maxCoeff();
        const Scalar logarithm = std::log(scores.array().exp().sum());
        const Matrix weights = (scores.array() - logarithm).exp();
        trace.weights.block(k, trace.weights.cols() - n, 1, n) = weights;
        trace.states.row(k + 1) += weights * memories[table + 1];
    }
    trace.logits = (model.embeddings.back() * trace.states.row(n_hops).transpose()).transpose();
    return trace;
}

TokenIds answers(const std::vector<Asked>& asked, const AdjacentModel& model, Encoding encoding) {
    TokenIds ids;
    for (const Asked& each : asked) {
        const RowVector logits = look_inside(each, model, encoding).logits;
        unless(logits.size() > 0);
        int best = static_cast<int>(logits.size()) - 1;
        for (int id = best; id >= 0; --id) {
            if (logits(id) >= logits(best)) best = id;
        }
        ids.push_back(best);
    }
    return ids;
}

std::string answer_text(const std::string& text, const std::vector<std::string>& vocabulary, const AdjacentModel& model,
                        Encoding encoding) {
    for (const Matrix& embedding : model.embeddings)
        unless(static_cast<std::size_t>(embedding.rows()) == vocabulary.size());
    const TokenIds ids = answers(std::vector<Asked>(1, read_text(text, vocabulary)), model, encoding);
    return vocabulary.at(static_cast<std::size_t>(ids.at(0)));
}

std::vector<Index> supporting_sentences(const Matrix& weights) {
    std::vector<Index> sentences(static_cast<std::size_t>(weights.rows()));
    for (std::size_t k = 0; k < sentences.size(); ++k) {
        const RowVector backwards = weights.row(static_cast<Index>(k)).reverse();
        unless(backwards.size() > 0);
        sentences[k] = backwards.size() - 1 -
                       std::distance(backwards.begin(), std::max_element(backwards.begin(), backwards.end()));
    }
    return sentences;
}

RowVector accuracy_by_kind(const TokenIds& said, const TokenIds& expected, const std::vector<Index>& kinds,
                           Index n_kinds) {
    Matrix found(std::ssize(said), 1), due(std::ssize(expected), 1);
    for (Index n = 0; n < found.rows(); ++n) found(n, 0) = static_cast<Scalar>(said[static_cast<std::size_t>(n)]);
    for (Index n = 0; n < due.rows(); ++n) due(n, 0) = static_cast<Scalar>(expected[static_cast<std::size_t>(n)]);
    return support_by_kind(found, due, kinds, n_kinds).transpose();
}

Matrix support_by_kind(const Matrix& found, const Matrix& expected, const std::vector<Index>& kinds, Index n_kinds) {
    unless(n_kinds > 0 && found.rows() == expected.rows() && found.cols() == expected.cols());
    unless(found.rows() == std::ssize(kinds));
    unless(std::all_of(kinds.begin(), kinds.end(), [&](Index kind) { return 0 <= kind && kind < n_kinds; }));
    Matrix shares = Matrix::Zero(n_kinds, found.cols());
    for (Index kind = 0; kind < n_kinds; ++kind) {
        Index stories = 0;
        for (Index n = 0; n < found.rows(); ++n) {
            if (kinds[static_cast<std::size_t>(n)] != kind) continue;
            ++stories;
            for (Index k = 0; k < found.cols(); ++k) shares(kind, k) += found(n, k) == expected(n, k) ? 1 : 0;
        }
        if (stories > 0) shares.row(kind) /= static_cast<Scalar>(stories);
    }
    return shares;
}

}  // namespace story_questions
