// Reference: words and stories as ids, what goes on in the network, answers, supporting sentences, both by kind.
#include "story_questions.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace story_questions {

using memory_network::encode_sentence;
using memory_network::encode_story;
using memory_network::hop;
using memory_network::HopResult;

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

char small_letter(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

/// As many sentences as every temporal table has rows for.
Index most_sentences(const Story& story, const AdjacentModel& model) {
    auto most = static_cast<Index>(story.size());
    for (const Matrix& table : model.temporal) most = std::min(most, table.rows());
    return most;
}

/// What answer_adjacent asks of a model.
void require_tied(const AdjacentModel& model) {
    const std::vector<Matrix>& embeddings = model.embeddings;
    require(embeddings.size() >= 2, "a hop needs an embedding to compare and one to read");
    for (const Matrix& embedding : embeddings) {
        require(embedding.rows() == embeddings[0].rows() && embedding.cols() == embeddings[0].cols(),
                "all embeddings must be vocabulary x d");
    }
    require(model.temporal.empty() || model.temporal.size() == embeddings.size(),
            "there must be one temporal table for each embedding, or none");
}

int most_probable(const RowVector& logits) {
    require(logits.size() > 0, "there are no words to answer with");
    return static_cast<int>(std::max_element(logits.begin(), logits.end()) - logits.begin());  // the first of equals
}

/// Which stories are of which kind: ones and zeros (n_kinds x n_stories).
Matrix members(const std::vector<Index>& kinds, Index n_kinds) {
    require(n_kinds >= 1, "there must be at least 1 kind, not " + std::to_string(n_kinds));
    Matrix members = Matrix::Zero(n_kinds, std::ssize(kinds));
    Index story = 0;
    for (const Index kind : kinds) {
        require(kind >= 0 && kind < n_kinds, "there is no kind " + std::to_string(kind));
        members(kind, story++) = 1;
    }
    return members;
}

/// Of each kind the mean of its stories' rows; zeros if it has none.
Matrix means_by_kind(const Matrix& right, const std::vector<Index>& kinds, Index n_kinds) {
    require(right.rows() == std::ssize(kinds),
            std::to_string(right.rows()) + " stories, but " + std::to_string(kinds.size()) + " kinds");
    const Matrix member = members(kinds, n_kinds);
    const Matrix counts = member.rowwise().sum().cwiseMax(1);
    return (member * right).array().colwise() / counts.col(0).array();
}

}  // namespace

std::vector<std::string> split_words(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    for (const char letter : text + ' ') {
        if (std::string_view(" \t\n\r.,;:!?\"()").find(letter) == std::string_view::npos) {
            word += small_letter(letter);
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, ""));
        }
    }
    return words;
}

TokenIds words_to_ids(const std::vector<std::string>& words, const std::vector<std::string>& vocabulary) {
    TokenIds ids;
    for (const std::string& word : words) {
        const auto place = std::ranges::find(vocabulary, word);
        require(place != vocabulary.end(), "the word \"" + word + "\" is not in the vocabulary");
        ids.push_back(static_cast<int>(place - vocabulary.begin()));
    }
    return ids;
}

Asked read_text(const std::string& text, const std::vector<std::string>& vocabulary) {
    require(std::ranges::count(text, '?') == 1, "a text has one question");
    Asked asked;
    std::string sentence;
    for (const char letter : text) {
        sentence += letter;
        if (letter != '.' && letter != '!' && letter != '?') continue;
        const TokenIds ids = words_to_ids(split_words(std::exchange(sentence, "")), vocabulary);
        if (letter == '?') {
            require(!ids.empty(), "the question has no words");
            asked.question = ids;
        } else {
            require(asked.question.empty() || ids.empty(), "nothing is told behind the question");
            if (!ids.empty()) asked.story.push_back(ids);
        }
    }
    require(split_words(sentence).empty(), "nothing is told behind the question");
    return asked;
}

Trace look_inside(const Asked& asked, const AdjacentModel& model, Encoding encoding) {
    const std::vector<Matrix>& embeddings = model.embeddings;
    require_tied(model);
    const Index most = most_sentences(asked.story, model);
    const Story newest(asked.story.end() - most, asked.story.end());
    const auto memory = [&](Index table) {
        const auto k = static_cast<std::size_t>(table);
        const auto ages = model.temporal.empty() ? std::nullopt : std::optional(model.temporal[k]);
        return encode_story(newest, embeddings[k], ages, encoding);
    };
    const Index n_hops = std::ssize(embeddings) - 1;
    Trace trace{Matrix(n_hops + 1, embeddings[0].cols()), Matrix::Zero(n_hops, std::ssize(asked.story)), {}};
    RowVector u = encode_sentence(asked.question, embeddings[0], encoding);  // d
    trace.states.row(0) = u;
    for (Index k = 0; k < n_hops; ++k) {
        const HopResult read = hop(u, memory(k), memory(k + 1));
        u += read.output;
        trace.states.row(k + 1) = u;
        trace.weights.row(k).tail(most) = read.weights;
    }
    trace.logits = u * embeddings.back().transpose();  // vocabulary
    return trace;
}

TokenIds answers(const std::vector<Asked>& asked, const AdjacentModel& model, Encoding encoding) {
    TokenIds ids;
    for (const Asked& each : asked) ids.push_back(most_probable(look_inside(each, model, encoding).logits));
    return ids;
}

std::string answer_text(const std::string& text, const std::vector<std::string>& vocabulary, const AdjacentModel& model,
                        Encoding encoding) {
    const Asked asked = read_text(text, vocabulary);
    require(!model.embeddings.empty() && model.embeddings[0].rows() == std::ssize(vocabulary),
            "there must be a word for each row of the embeddings");
    return vocabulary[static_cast<std::size_t>(answers({asked}, model, encoding)[0])];
}

std::vector<Index> supporting_sentences(const Matrix& weights) {
    require(weights.cols() > 0 || weights.rows() == 0, "there is no sentence to look at");
    std::vector<Index> sentences;
    for (const auto& row : weights.rowwise()) {
        Index best = 0;
        for (Index i = 1; i < row.size(); ++i) {
            if (row(i) >= row(best)) best = i;  // the newest of equal ones
        }
        sentences.push_back(best);
    }
    return sentences;
}

RowVector accuracy_by_kind(const TokenIds& said, const TokenIds& expected, const std::vector<Index>& kinds,
                           Index n_kinds) {
    require(said.size() == expected.size(),
            std::to_string(said.size()) + " answers, but " + std::to_string(expected.size()) + " are expected");
    Matrix right(std::ssize(said), 1);
    for (std::size_t n = 0; n < said.size(); ++n) right(static_cast<Index>(n), 0) = said[n] == expected[n] ? 1 : 0;
    return means_by_kind(right, kinds, n_kinds).transpose();  // n_kinds
}

Matrix support_by_kind(const Matrix& found, const Matrix& expected, const std::vector<Index>& kinds, Index n_kinds) {
    require(found.rows() == expected.rows() && found.cols() == expected.cols(),
            "found and expected must be n_stories x n_hops, both");
    const Matrix right = (found.array() == expected.array()).cast<Scalar>();
    return means_by_kind(right, kinds, n_kinds);  // n_kinds x n_hops
}

}  // namespace story_questions
