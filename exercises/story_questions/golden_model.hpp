// What the tests of `story_questions` ask about: the trained network, 300 stories that it has never read, the
// statement's example and a network of random numbers.
#ifndef QKV_STORY_QUESTIONS_GOLDEN_MODEL_HPP
#define QKV_STORY_QUESTIONS_GOLDEN_MODEL_HPP

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "story_questions.hpp"
#include "testing/golden.hpp"

namespace story_questions::tests {

using qkv::testing::golden;
using qkv::testing::trained;
using Words = std::vector<std::string>;

// ---------------------------------------------------------------------------- the trained network

inline constexpr Index n_held = 300, n_kinds = 3, n_hops = 3;

/// Three hops, d = 40, tables for 20 sentences. Its sentences are encoded with Encoding::position.
inline const AdjacentModel& trained_model() {
    static const AdjacentModel model{
        {trained("embeddings/0"), trained("embeddings/1"), trained("embeddings/2"), trained("embeddings/3")},
        {trained("temporal/0"), trained("temporal/1"), trained("temporal/2"), trained("temporal/3")}};
    return model;
}

/// The words that it knows, in the order of their ids.
inline const Words& vocabulary() {
    static const Words words = [] {
        Words list(1);
        const Matrix letters = trained("vocabulary");
        for (Index i = 0; i < letters.size(); ++i) {
            const auto letter = static_cast<char>(letters.data()[i]);
            if (letter == '\n') {
                list.emplace_back();
            } else {
                list.back() += letter;
            }
        }
        return list;
    }();
    return words;
}

/// The first 100 stories have one supporting fact, the next two, the last three. In the file 254 stands behind a
/// sentence, 255 behind a question.
inline const std::vector<Asked>& held() {
    static const std::vector<Asked> all = [] {
        std::vector<Asked> stories(1);
        TokenIds words;
        const Matrix row = trained("held/stories");
        for (Index i = 0; i < row.size(); ++i) {
            const auto id = static_cast<int>(row.data()[i]);
            if (id == 254) {
                stories.back().story.push_back(std::exchange(words, {}));
            } else if (id == 255) {
                stories.back().question = std::exchange(words, {});
                stories.emplace_back();
            } else {
                words.push_back(id);
            }
        }
        stories.pop_back();
        return stories;
    }();
    return all;
}
inline const Asked& held(Index n) { return held()[static_cast<std::size_t>(n)]; }

/// Every step-th story, from the first one.
inline std::vector<Asked> some_held(Index step) {
    std::vector<Asked> stories;
    for (Index n = 0; n < n_held; n += step) stories.push_back(held(n));
    return stories;
}

template <class Number>
std::vector<Number> numbers_of(const Matrix& matrix, Index step = 1) {
    std::vector<Number> numbers;
    for (Index i = 0; i < matrix.size(); i += step) numbers.push_back(static_cast<Number>(matrix.data()[i]));
    return numbers;
}

// --------------------------------------------------------------------------------------- as text

/// "mary went to the attic"
inline std::string words_of(const TokenIds& ids) {
    std::string text;
    for (const int id : ids) text += (text.empty() ? "" : " ") + vocabulary()[static_cast<std::size_t>(id)];
    return text;
}

/// "Mary went to the attic. Where is mary?": the first letter of each sentence is a capital.
inline std::string text_of(const Asked& asked) {
    const auto capital = [](std::string sentence) {
        sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
        return sentence;
    };
    std::string text;
    for (const TokenIds& sentence : asked.story) text += capital(words_of(sentence)) + ". ";
    return text + capital(words_of(asked.question)) + "?";
}

// -------------------------------------------------------------------- the statement's example

inline const Words example_vocabulary = {"mary", "john", "took", "went", "ball", "garden", "kitchen", "where"};
inline const Asked example{{{0, 2, 4}, {1, 3, 6}, {0, 3, 5}}, {7, 4}};
inline const std::string example_text = "Mary took ball. John went kitchen. Mary went garden. Where ball?";

/// That of memory_network: a table for things, one for persons, one for places. Bags of words.
inline AdjacentModel example_model() {
    AdjacentModel model{{Matrix::Zero(8, 4), Matrix::Zero(8, 4), Matrix::Zero(8, 4)}, {}};
    model.embeddings[0](4, 0) = 2;
    model.embeddings[1](0, 1) = model.embeddings[1](1, 2) = 2;
    model.embeddings[1](3, 0) = 1;
    model.embeddings[2](5, 3) = 2;
    model.embeddings[2](6, 3) = -2;
    return model;
}

// ---------------------------------------------------------------------- a network of random numbers

/// Two hops, 9 words, d = 5; of the three temporal tables the shortest has four rows.
inline AdjacentModel small_model() {
    return {{golden("small/embeddings/0"), golden("small/embeddings/1"), golden("small/embeddings/2")},
            {golden("small/temporal/0"), golden("small/temporal/1"), golden("small/temporal/2")}};
}

/// Four sentences, the third without words.
inline const Asked small_asked{{{3, 1, 4}, {1, 5}, {}, {8, 2, 6, 0, 3}}, {7, 7, 1}};

/// Seven sentences, of which the model remembers the last four: those of small_asked.
inline const Asked long_asked{{{2, 2}, {0, 8, 1}, {4}, {3, 1, 4}, {1, 5}, {}, {8, 2, 6, 0, 3}}, {7, 7, 1}};

}  // namespace story_questions::tests

#endif
