// Generated cases of `memory_network`: from (size, seed) to arguments that each function must accept, and to stories
// with a word that is in no vocabulary.
#ifndef QKV_MEMORY_NETWORK_CASES_HPP
#define QKV_MEMORY_NETWORK_CASES_HPP

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

#include "memory_network.hpp"
#include "testing/cases.hpp"

namespace memory_network::cases {

using qkv::Case;
using qkv::in_double;
using qkv::two_to;

/// Float has too few digits for scores that are large or far below zero.
/// From 0 to count - 1. It is made of a value and not of a size, so that long vocabularies and stories are used to
/// their ends.
inline Index index(Case& drawn, Index count) {
    return std::min(static_cast<Index>(std::abs(drawn.number()) / 2 * static_cast<Scalar>(count)), count - 1);
}

/// From -1/2 to 1/2, less where a sentence has many words, so that no hop saturates.
inline Matrix small(Case& drawn, Index rows, Index columns, Index n_words = 0) {
    return drawn.matrix(rows, columns) / (n_words > 16 ? 16 : 4);
}

inline TokenIds sentence(Case& drawn, Index n_words, Index vocabulary) {
    TokenIds words;
    for (Index j = 0; j < n_words; ++j) words.push_back(static_cast<int>(index(drawn, vocabulary)));
    return words;
}

/// One sentence has n_words, the others have up to four, or none.
inline Story story(Case& drawn, Index n_sentences, Index n_words, Index vocabulary) {
    if (n_sentences == 0) return {};
    const Index longest = index(drawn, n_sentences);
    Story told;
    for (Index i = 0; i < n_sentences; ++i)
        told.push_back(sentence(drawn, i == longest ? n_words : index(drawn, 5), vocabulary));
    return told;
}

inline Encoding encoding(Case& drawn) { return drawn.one_of(2) == 0 ? Encoding::position : Encoding::bag_of_words; }

/// No table, one as long as the story, a longer one, or one for a story without sentences.
enum class Ages { none, exact, longer, of_nothing };

inline Ages ages(Case& drawn) {
    constexpr Ages kinds[] = {Ages::longer, Ages::none, Ages::exact, Ages::of_nothing};
    return kinds[drawn.one_of(4)];
}

inline Matrix table(Case& drawn, Ages kind, Index n_sentences, Index d) {
    return small(drawn, n_sentences + (kind == Ages::exact ? 0 : 1 + index(drawn, 3)), d);
}

inline std::optional<Matrix> maybe_table(Case& drawn, Ages kind, Index n_sentences, Index d) {
    if (kind == Ages::none) return std::nullopt;
    return table(drawn, kind, n_sentences, d);
}

inline auto bag_of_words(Case& drawn) {
    const Index vocabulary = drawn.side(), n_words = drawn.side(0), d = drawn.side(), kind = drawn.one_of(3);
    TokenIds words = sentence(drawn, n_words, vocabulary);
    if (kind == 1) std::fill(words.begin(), words.end(), static_cast<int>(vocabulary - 1));
    if (kind == 2) std::fill(words.begin(), words.end(), 0);
    return std::tuple{words, small(drawn, vocabulary, d)};
}

inline auto position_encoding(Case& drawn) {
    const Index n_words = drawn.side(0), d = drawn.side();
    return std::tuple{n_words, d};
}

inline auto encode_sentence(Case& drawn) {
    const auto [words, embedding] = bag_of_words(drawn);
    return std::tuple{words, embedding, encoding(drawn)};
}

inline auto encode_story(Case& drawn) {
    const Index vocabulary = drawn.side(), d = drawn.side(), sentences = drawn.side(0), n_words = drawn.side(0);
    const Encoding kind = encoding(drawn);
    const Ages aged = ages(drawn);
    const Index n_sentences = aged == Ages::of_nothing ? 0 : sentences;
    const Story told = story(drawn, n_sentences, n_words, vocabulary);
    const Matrix embedding = small(drawn, vocabulary, d);
    return std::tuple{told, embedding, maybe_table(drawn, aged, n_sentences, d), kind};
}

inline auto hop(Case& drawn) {
    const Index n_sentences = drawn.side(0), d = drawn.side(), kind = drawn.one_of(10);
    RowVector u = drawn.row(d);
    Matrix memory_in = drawn.matrix(n_sentences, d);
    if (kind == 0) u *= 4;  // large and tiny weights side by side
    if (kind == 1 && n_sentences > 0) memory_in.row(index(drawn, n_sentences)).setZero();
    if (kind == 2) u.setZero();
    if (kind == 3 && n_sentences > 0) memory_in = memory_in.row(0).replicate(n_sentences, 1).eval();
    if (kind == 9 && n_sentences > 0 && in_double)  // nearly ties
        memory_in = (two_to(-22) * memory_in + memory_in.row(0).replicate(n_sentences, 1)).eval();
    if (kind == 4 && in_double) u *= 1024;
    if (kind == 5 && in_double) u(0) = 512, memory_in.col(0).setConstant(-512);  // all scores far below zero, and near
    if ((kind == 6 || kind == 7) && in_double) {                                 // further below, and far apart
        u(0) = two_to(kind == 6 ? 20 : 500);
        memory_in.col(0) = -u(0) * (3 + memory_in.col(0).array());
    }
    if (kind == 8 && in_double) u *= two_to(500), memory_in *= two_to(500);
    return std::tuple{u, memory_in, drawn.matrix(n_sentences, d)};
}

/// Scores of the first hop: ordinary ones, some that overflow exp, or all far below zero.
enum class Scores { ordinary, large, far_below };

inline Scores scores(Case& drawn) {
    const Index kind = drawn.one_of(4);
    if (!in_double) return Scores::ordinary;
    return kind == 2 ? Scores::large : kind == 3 ? Scores::far_below : Scores::ordinary;
}

/// From 1 to 8, 12 or 20; few where scores are large, for there each hop loses digits.
inline Index n_hops(Index kind, Scores scores) {
    if (scores != Scores::ordinary) return kind % 3 + 1;
    return kind < 8 ? kind + 1 : kind == 8 ? 12 : 20;
}

inline auto answer_adjacent(Case& drawn) {
    const Index vocabulary = drawn.side(), d = drawn.side(), sentences = drawn.side(0), n_words = drawn.side(0);
    const Index n_asked = drawn.side(0), hops = drawn.one_of(10);
    const Encoding kind = encoding(drawn);
    const Ages aged = ages(drawn);
    const Scores size = scores(drawn);
    const Index n_sentences = aged == Ages::of_nothing ? 0 : sentences;
    const Story told = story(drawn, n_sentences, n_words, vocabulary);
    const TokenIds question = sentence(drawn, n_asked, vocabulary);
    AdjacentModel model;
    for (Index k = 0; k <= n_hops(hops, size); ++k) {
        model.embeddings.push_back(small(drawn, vocabulary, d, std::max(n_words, n_asked)));
        if (size == Scores::large) model.embeddings.back() *= 64;
        if (aged != Ages::none) model.temporal.push_back(table(drawn, aged, n_sentences, d));
    }
    if (size == Scores::far_below && aged != Ages::none) {
        model.embeddings.front().col(0).setConstant(16);
        model.temporal.front().col(0).setConstant(-256);
    }
    return std::tuple{told, question, model, kind};
}

inline auto answer_layer_wise(Case& drawn) {
    const Index vocabulary = drawn.side(), d = drawn.side(), n_answers = drawn.side();
    const Index sentences = drawn.side(0), n_words = drawn.side(0), n_asked = drawn.side(0), hops = drawn.one_of(10);
    const Encoding kind = encoding(drawn);
    constexpr Ages in[] = {Ages::longer, Ages::none, Ages::exact, Ages::longer, Ages::none, Ages::of_nothing};
    constexpr Ages out[] = {Ages::longer, Ages::none, Ages::longer, Ages::none, Ages::exact, Ages::of_nothing};
    const Index aged = drawn.one_of(6);
    const Scores size = scores(drawn);
    const bool single = drawn.one_of(6) == 5;  // H is a number, which is no factor for states of any width
    const Index n_sentences = in[aged] == Ages::of_nothing ? 0 : sentences;
    const Story told = story(drawn, n_sentences, n_words, vocabulary);
    const TokenIds question = sentence(drawn, n_asked, vocabulary);
    LayerWiseModel model;
    for (Matrix* embedding : {&model.question, &model.input, &model.output}) {
        *embedding = small(drawn, vocabulary, d, std::max(n_words, n_asked));
        if (size == Scores::large) *embedding *= 64;
    }
    model.temporal_input = maybe_table(drawn, in[aged], n_sentences, d);
    model.temporal_output = maybe_table(drawn, out[aged], n_sentences, d);
    model.transition = small(drawn, single ? 1 : d, single ? 1 : d, 2 * d);  // such that no state explodes
    model.answer = small(drawn, d, n_answers);
    if (size == Scores::far_below) {
        model.question.col(0).setConstant(16);
        model.input.col(0).setConstant(-16);
    }
    return std::tuple{told, question, model, n_hops(hops, size), kind};
}

/// Puts a word into a sentence, first, last or in the middle, that is not in the vocabulary: just beyond it, just
/// before it, or far away.
inline void spoil(Case& drawn, TokenIds& words, Index vocabulary) {
    const Index kind = drawn.one_of(4), place = drawn.one_of(3);
    const int strange[] = {static_cast<int>(vocabulary), -1, std::numeric_limits<int>::max(),
                           std::numeric_limits<int>::min()};
    const auto n_words = static_cast<std::ptrdiff_t>(words.size());
    words.insert(words.begin() + (place == 0 ? n_words : place == 1 ? 0 : n_words / 2), strange[kind]);
}

/// The same in the first, the last or another sentence. A story without any gets one, which no temporal table fits.
inline void spoil(Case& drawn, Story& told, Index vocabulary) {
    const Index place = drawn.one_of(3);
    if (told.empty()) told.emplace_back();
    spoil(drawn, place == 0 ? told.back() : place == 1 ? told.front() : told[told.size() / 2], vocabulary);
}

// What memory_network.hpp leaves open: an embedding without columns may be answered or refused.
inline bool may_refuse(const std::tuple<TokenIds, Matrix>& arguments) { return std::get<1>(arguments).cols() == 0; }
inline bool may_refuse(const std::tuple<TokenIds, Matrix, Encoding>& arguments) {
    return std::get<1>(arguments).cols() == 0;
}
inline bool may_refuse(const std::tuple<Story, Matrix, std::optional<Matrix>, Encoding>& arguments) {
    return std::get<1>(arguments).cols() == 0;
}

}  // namespace memory_network::cases

#endif
