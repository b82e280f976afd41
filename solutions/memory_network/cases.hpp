// Generated cases of `memory_network`: from (size, seed) to arguments that each function must accept.
#ifndef QKV_MEMORY_NETWORK_CASES_HPP
#define QKV_MEMORY_NETWORK_CASES_HPP

#include <optional>
#include <tuple>

#include "memory_network.hpp"
#include "testing/cases.hpp"

namespace memory_network::cases {

using qkv::Case;

/// Multiples of 1/64 from -1/2 to 1/2, so that no hop saturates.
inline Matrix small(Case& drawn, Index rows, Index columns) { return drawn.matrix(rows, columns) / 4; }

/// Now and then it has no words at all.
inline TokenIds sentence(Case& drawn, Index vocabulary) {
    TokenIds words(static_cast<std::size_t>(drawn.between(0, drawn.size() + 2)));
    for (int& word : words) word = static_cast<int>(drawn.between(0, vocabulary - 1));
    return words;
}

/// Now and then it is empty.
inline Story story(Case& drawn, Index vocabulary) {
    Story told;
    for (Index i = drawn.between(0, drawn.size() + 1); i > 0; --i) told.push_back(sentence(drawn, vocabulary));
    return told;
}

/// As long as the story, or longer.
inline Matrix temporal(Case& drawn, const Story& told, Index d) {
    return small(drawn, static_cast<Index>(told.size()) + drawn.between(0, 2), d);
}

inline std::optional<Matrix> maybe_temporal(Case& drawn, const Story& told, Index d) {
    if (drawn.between(0, 2) == 0) return std::nullopt;
    return temporal(drawn, told, d);
}

inline Encoding encoding(Case& drawn) { return drawn.between(0, 2) == 0 ? Encoding::bag_of_words : Encoding::position; }

inline auto bag_of_words(Case& drawn) {
    const Index vocabulary = drawn.side() + 1, d = drawn.side();
    const TokenIds words = sentence(drawn, vocabulary);
    return std::tuple{words, small(drawn, vocabulary, d)};
}

inline auto position_encoding(Case& drawn) {
    const Index n_words = drawn.between(0, 2 * drawn.size());
    return std::tuple{n_words, drawn.between(1, 2 * drawn.size() + 2)};
}

inline auto encode_sentence(Case& drawn) {
    const auto [words, embedding] = bag_of_words(drawn);
    return std::tuple{words, embedding, encoding(drawn)};
}

inline auto encode_story(Case& drawn) {
    const Index vocabulary = drawn.side() + 1, d = drawn.side();
    const Story told = story(drawn, vocabulary);
    const Matrix embedding = small(drawn, vocabulary, d);
    const std::optional<Matrix> ages = maybe_temporal(drawn, told, d);
    return std::tuple{told, embedding, ages, encoding(drawn)};
}

inline auto hop(Case& drawn) {
    const Index n_sentences = drawn.between(0, drawn.size() + 1), d = drawn.side();
    const RowVector u = drawn.row(d) * drawn.extreme(1024);
    const Matrix memory_in = drawn.matrix(n_sentences, d);
    return std::tuple{u, memory_in, drawn.matrix(n_sentences, d)};
}

inline auto answer_adjacent(Case& drawn) {
    const Index vocabulary = drawn.side() + 1, d = drawn.side(), n_hops = drawn.between(1, 4);
    const Story told = story(drawn, vocabulary);
    const TokenIds question = sentence(drawn, vocabulary);
    const bool with_temporal = drawn.between(0, 2) != 0;
    AdjacentModel model;
    for (Index k = 0; k <= n_hops; ++k) {
        model.embeddings.push_back(small(drawn, vocabulary, d));
        if (with_temporal) model.temporal.push_back(temporal(drawn, told, d));
    }
    return std::tuple{told, question, model, encoding(drawn)};
}

inline auto answer_layer_wise(Case& drawn) {
    const Index vocabulary = drawn.side() + 1, d = drawn.side(), n_answers = drawn.side();
    const Story told = story(drawn, vocabulary);
    const TokenIds question = sentence(drawn, vocabulary);
    LayerWiseModel model;
    model.question = small(drawn, vocabulary, d);
    model.input = small(drawn, vocabulary, d);
    model.output = small(drawn, vocabulary, d);
    model.temporal_input = maybe_temporal(drawn, told, d);
    model.temporal_output = maybe_temporal(drawn, told, d);
    model.transition = small(drawn, d, d);
    model.answer = small(drawn, d, n_answers);
    const Index n_hops = drawn.between(1, 4);
    return std::tuple{told, question, model, n_hops, encoding(drawn)};
}

}  // namespace memory_network::cases

#endif
