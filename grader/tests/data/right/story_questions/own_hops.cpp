// Nothing of memory_network but its encodings: the softmax by logarithms, texts by find_first_of.
#include "story_questions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace story_questions {

static void refuse_if(bool wrong, const char* why) {
    if (wrong) throw std::invalid_argument(why);
}

std::vector<std::string> split_words(const std::string& text) {
    static const char* const separators = " \t\n\r.,;:!?\"()";
    std::vector<std::string> words;
    std::size_t begin = text.find_first_not_of(separators);
    while (begin != std::string::npos) {
        const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
        std::string word = text.substr(begin, end - begin);
        std::transform(word.begin(), word.end(), word.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
        words.push_back(word);
        begin = text.find_first_not_of(separators, end);
    }
    return words;
}

TokenIds words_to_ids(const std::vector<std::string>& words, const std::vector<std::string>& vocabulary) {
    TokenIds ids(words.size());
    std::transform(words.begin(), words.end(), ids.begin(), [&](const std::string& word) {
        for (std::size_t id = 0; id < vocabulary.size(); ++id) {
            if (vocabulary[id] == word) return static_cast<int>(id);
        }
        throw std::invalid_argument("\"" + word + "\" is no word of the vocabulary");
    });
    return ids;
}

Asked read_text(const std::string& text, const std::vector<std::string>& vocabulary) {
    Asked asked;
    std::vector<std::pair<char, TokenIds>> pieces;  // what ends it, and its words
    std::size_t from = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char end = i < text.size() ? text[i] : '\0';
        if (i < text.size() && end != '.' && end != '!' && end != '?') continue;
        pieces.emplace_back(end, words_to_ids(split_words(text.substr(from, i - from)), vocabulary));
        from = i + 1;
    }
    int questions = 0;
    for (const auto& [end, ids] : pieces) {
        if (end == '?') {
            ++questions;
            refuse_if(ids.empty(), "an empty question");
            asked.question = ids;
        } else if (!ids.empty()) {
            refuse_if(questions > 0 || end == '\0', "words that no question follows");
            asked.story.push_back(ids);
        }
    }
    refuse_if(questions != 1, "not one question");
    return asked;
}

static RowVector softmax(const RowVector& scores) {
    if (scores.size() == 0) return scores;
    const Scalar largest = scores.maxCoeff();
    RowVector shares(scores.size());
    for (Index i = 0; i < scores.size(); ++i) shares(i) = std::exp(scores(i) - largest);
    return shares / shares.sum();
}

Trace look_inside(const Asked& asked, const AdjacentModel& model, Encoding encoding) {
    refuse_if(model.embeddings.size() < 2, "two embeddings at least");
    for (const Matrix& table : model.embeddings) {
        refuse_if(table.rows() != model.embeddings[0].rows() || table.cols() != model.embeddings[0].cols(), "shapes");
    }
    refuse_if(!model.temporal.empty() && model.temporal.size() != model.embeddings.size(), "temporal tables");
    std::size_t most = asked.story.size();
    for (const Matrix& table : model.temporal) {
        refuse_if(table.cols() != model.embeddings[0].cols(), "the width of a temporal table");
        most = std::min(most, static_cast<std::size_t>(table.rows()));
    }
    const std::size_t forgotten = asked.story.size() - most;
    std::vector<Matrix> memories;
    for (std::size_t k = 0; k < model.embeddings.size(); ++k) {
        Matrix memory(static_cast<Index>(most), model.embeddings[0].cols());
        for (std::size_t i = 0; i < most; ++i) {
            RowVector row = memory_network::encode_sentence(asked.story[forgotten + i], model.embeddings[k], encoding);
            if (!model.temporal.empty()) row += model.temporal[k].row(static_cast<Index>(most - 1 - i));
            memory.row(static_cast<Index>(i)) = row;
        }
        memories.push_back(memory);
    }
    const auto n_hops = static_cast<Index>(model.embeddings.size()) - 1;
    Trace trace;
    trace.weights.setZero(n_hops, static_cast<Index>(asked.story.size()));
    trace.states.resize(n_hops + 1, model.embeddings[0].cols());
    trace.states.row(0) = memory_network::encode_sentence(asked.question, model.embeddings[0], encoding);
    for (Index k = 0; k < n_hops; ++k) {
        const auto table = static_cast<std::size_t>(k);
        const RowVector state = trace.states.row(k);
        const RowVector weights = softmax((memories[table] * state.transpose()).transpose());
        trace.weights.block(k, static_cast<Index>(forgotten), 1, static_cast<Index>(most)) = weights;
        trace.states.row(k + 1) = state + weights * memories[table + 1];
    }
    trace.logits = (model.embeddings.back() * trace.states.row(n_hops).transpose()).transpose();
    return trace;
}

TokenIds answers(const std::vector<Asked>& asked, const AdjacentModel& model, Encoding encoding) {
    TokenIds ids;
    for (const Asked& each : asked) {
        const RowVector logits = look_inside(each, model, encoding).logits;
        refuse_if(logits.size() == 0, "no words");
        int best = 0;
        for (int id = 0; id < logits.size(); ++id) best = logits(id) > logits(best) ? id : best;
        ids.push_back(best);
    }
    return ids;
}

std::string answer_text(const std::string& text, const std::vector<std::string>& vocabulary, const AdjacentModel& model,
                        Encoding encoding) {
    const Trace trace = look_inside(read_text(text, vocabulary), model, encoding);
    refuse_if(trace.logits.size() != static_cast<Index>(vocabulary.size()), "vocabulary and embeddings differ");
    Index best = 0;
    for (Index id = 1; id < trace.logits.size(); ++id) {
        if (trace.logits(id) > trace.logits(best)) best = id;
    }
    return vocabulary[static_cast<std::size_t>(best)];
}

std::vector<Index> supporting_sentences(const Matrix& weights) {
    refuse_if(weights.rows() > 0 && weights.cols() == 0, "no sentences");
    std::vector<Index> found;
    for (Index k = 0; k < weights.rows(); ++k) {
        std::vector<Index> order(static_cast<std::size_t>(weights.cols()));
        std::iota(order.begin(), order.end(), Index{0});
        found.push_back(*std::max_element(order.begin(), order.end(), [&](Index i, Index j) {
            return weights(k, i) != weights(k, j) ? weights(k, i) < weights(k, j) : i < j;
        }));
    }
    return found;
}

Matrix support_by_kind(const Matrix& found, const Matrix& expected, const std::vector<Index>& kinds, Index n_kinds) {
    refuse_if(n_kinds < 1, "no kinds");
    refuse_if(found.rows() != expected.rows() || found.cols() != expected.cols(), "shapes");
    refuse_if(found.rows() != static_cast<Index>(kinds.size()), "one kind a story");
    Matrix sums = Matrix::Zero(n_kinds, found.cols()), counts = Matrix::Zero(n_kinds, 1);
    for (Index n = 0; n < found.rows(); ++n) {
        const Index kind = kinds[static_cast<std::size_t>(n)];
        refuse_if(kind < 0 || kind >= n_kinds, "no such kind");
        counts(kind, 0) += 1;
        sums.row(kind) += (found.row(n).array() == expected.row(n).array()).cast<Scalar>().matrix();
    }
    for (Index kind = 0; kind < n_kinds; ++kind) {
        if (counts(kind, 0) > 0) sums.row(kind) /= counts(kind, 0);
    }
    return sums;
}

RowVector accuracy_by_kind(const TokenIds& said, const TokenIds& expected, const std::vector<Index>& kinds,
                           Index n_kinds) {
    refuse_if(said.size() != expected.size(), "lengths");
    const auto column = [](const TokenIds& ids) {
        Matrix numbers(static_cast<Index>(ids.size()), 1);
        for (std::size_t i = 0; i < ids.size(); ++i) numbers(static_cast<Index>(i), 0) = static_cast<Scalar>(ids[i]);
        return numbers;
    };
    return support_by_kind(column(said), column(expected), kinds, n_kinds).transpose();
}

}  // namespace story_questions
