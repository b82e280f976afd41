// Generated cases of `story_questions`: from (size, seed) to arguments, most of which each function must accept; some
// texts hold no question or an unknown word.
#ifndef QKV_STORY_QUESTIONS_CASES_HPP
#define QKV_STORY_QUESTIONS_CASES_HPP

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include "story_questions.hpp"
#include "testing/cases.hpp"

namespace story_questions::cases {

using qkv::Case;
using Words = std::vector<std::string>;

/// From 0 to count - 1. It is made of a value and not of a size, so that long lists are used to their ends.
inline Index index(Case& drawn, Index count) {
    return std::min(static_cast<Index>(std::abs(drawn.number()) / 2 * static_cast<Scalar>(count)), count - 1);
}

inline const std::string& one_of(Case& drawn, const Words& list) {
    return list[static_cast<std::size_t>(index(drawn, std::ssize(list)))];
}

inline const Words some_words = {"to", "Mary", "attic", "omar's", "THE", "x-Y", "42", "[a]", "caf\xc3\x89"};
inline const Words small_words = {"to", "mary", "attic", "omar's", "the", "x-y", "42", "[a]", "caf\xc3\x89"};
inline const Words spaces = {" ", "\t", "\n", ", ", "; ", ": ", " \"", "\" ", " (", ") ", "\r\n", "  "};

inline auto split_words(Case& drawn) {
    const Index n_words = drawn.side(0), kind = drawn.one_of(3);
    std::string text = kind == 1 ? one_of(drawn, spaces) : "";
    for (Index i = 0; i < n_words; ++i) {
        text += one_of(drawn, some_words);
        text += kind == 2 ? one_of(drawn, {". ", "!", "?", ".,", " ? "}) : one_of(drawn, spaces);
    }
    return std::tuple{kind == 1 ? text + one_of(drawn, some_words) : text};
}

/// Words that begin alike; one in four vocabularies has equal ones. One in four lists has an unknown word.
inline auto words_to_ids(Case& drawn) {
    const Index n_words = drawn.side(0), n_vocabulary = drawn.side(), kind = drawn.one_of(4);
    Words vocabulary, words;
    for (Index i = 0; i < n_vocabulary; ++i)
        vocabulary.push_back("w" + std::to_string(kind == 1 ? index(drawn, n_vocabulary) : i));
    for (Index i = 0; i < n_words; ++i) words.push_back(one_of(drawn, vocabulary));
    if (kind == 2 && n_words > 0) words[static_cast<std::size_t>(index(drawn, n_words))] = "w";
    return std::tuple{words, vocabulary};
}

/// "To mary, the. ": words of a sentence, and what ends it.
inline std::string sentence(Case& drawn, Index n_words, const std::string& end) {
    std::string text;
    for (Index j = 0; j < n_words; ++j) text += one_of(drawn, some_words) + one_of(drawn, spaces);
    return text + end;
}

/// A story of which one sentence has n_words, and a question. Without words it may be no question at all.
inline std::string text(Case& drawn, Index n_sentences, Index n_words, const std::string& end) {
    std::string text;
    const Index longest = n_sentences == 0 ? 0 : index(drawn, n_sentences);
    for (Index i = 0; i < n_sentences; ++i)
        text +=
            sentence(drawn, i == longest ? n_words : index(drawn, 5), one_of(drawn, {". ", ".", "! ", ".\n", "!. "}));
    return text + sentence(drawn, 1 + index(drawn, 4), end);
}

inline auto read_text(Case& drawn) {
    const Words ends = {"?", "? \n", ". ", "??", "? to", "?. ", ".?", "nobody?", "?\""};
    const Index n_sentences = drawn.side(0), n_words = drawn.side(0), kind = drawn.one_of(9);
    return std::tuple{text(drawn, n_sentences, n_words, ends[static_cast<std::size_t>(kind)]), small_words};
}

/// From -1/2 to 1/2, so that no hop saturates; less where sentences are long.
inline Matrix small(Case& drawn, Index rows, Index columns, Index n_words) {
    return drawn.matrix(rows, columns) / (n_words > 16 ? 16 : 4);
}

inline TokenIds ids(Case& drawn, Index n_words, Index vocabulary) {
    TokenIds words;
    for (Index j = 0; j < n_words; ++j) words.push_back(static_cast<int>(index(drawn, vocabulary)));
    return words;
}

/// One sentence has n_words, the others have up to four, or none.
inline Asked asked(Case& drawn, Index n_sentences, Index n_words, Index vocabulary) {
    Asked made;
    const Index longest = n_sentences == 0 ? 0 : index(drawn, n_sentences);
    for (Index i = 0; i < n_sentences; ++i)
        made.story.push_back(ids(drawn, i == longest ? n_words : index(drawn, 5), vocabulary));
    made.question = ids(drawn, index(drawn, 5), vocabulary);
    return made;
}

/// Temporal tables: none; one row for each sentence; longer ones; shorter ones, one of them the shortest.
inline AdjacentModel model(Case& drawn, Index vocabulary, Index d, Index n_sentences, Index n_words) {
    constexpr Index hops[] = {2, 1, 3, 5};
    const Index n_tables = 1 + hops[drawn.one_of(4)], ages = drawn.one_of(4);
    AdjacentModel made;
    for (Index k = 0; k < n_tables; ++k) made.embeddings.push_back(small(drawn, vocabulary, d, n_words));
    const Index shortest = index(drawn, n_tables), missing = 1 + index(drawn, 3);
    for (Index k = 0; k < n_tables && ages > 0; ++k) {
        Index rows = n_sentences + (ages == 2 ? 1 + k : 0);
        if (ages == 3) rows = std::max(Index{0}, n_sentences - missing) + (k == shortest ? 0 : 1);
        made.temporal.push_back(small(drawn, rows, d, n_words));
    }
    return made;
}

inline Encoding encoding(Case& drawn) { return drawn.one_of(2) == 0 ? Encoding::position : Encoding::bag_of_words; }

/// One case in four asks with a word that is in no vocabulary.
inline auto look_inside(Case& drawn) {
    const Index n_sentences = drawn.side(0), n_words = drawn.side(0), vocabulary = drawn.side(), d = drawn.side();
    const Encoding encoded = encoding(drawn);
    const Index kind = drawn.one_of(4);
    const AdjacentModel made = model(drawn, vocabulary, d, n_sentences, n_words);
    Asked told = asked(drawn, n_sentences, n_words, vocabulary);
    if (kind == 2) told.question.push_back(static_cast<int>(vocabulary));
    if (kind == 3) told.question.insert(told.question.begin(), -1);
    return std::tuple{told, made, encoded};
}

/// One case in three has no stories, but small numbers that tie.
inline auto answers(Case& drawn) {
    const Index n_stories = drawn.side(0), vocabulary = drawn.side(), d = drawn.side(), kind = drawn.one_of(3),
                n_sentences = drawn.one_of(6);
    Encoding encoded = encoding(drawn);
    AdjacentModel made = model(drawn, vocabulary, d, n_sentences, 4);
    std::vector<Asked> all;
    for (Index n = 0; n < n_stories; ++n) all.push_back(asked(drawn, kind == 1 ? 0 : n_sentences, 3, vocabulary));
    if (kind == 1) {
        encoded = Encoding::bag_of_words;
        for (Matrix& embedding : made.embeddings) embedding = drawn.matrix(vocabulary, d).array().round();
    }
    return std::tuple{all, made, encoded};
}

/// Sometimes with a word more in the vocabulary than the embeddings have rows.
inline auto answer_text(Case& drawn) {
    const Index n_sentences = drawn.one_of(6), d = drawn.side(), kind = drawn.one_of(4);
    const Encoding encoded = encoding(drawn);
    Words vocabulary = small_words;
    const AdjacentModel made = model(drawn, std::ssize(vocabulary), d, n_sentences, 4);
    const std::string asked = text(drawn, n_sentences, 3, kind == 2 ? "." : "?");
    if (kind == 3) vocabulary.push_back("more");
    return std::tuple{asked, vocabulary, made, encoded};
}

/// Often with equal ones.
inline auto supporting_sentences(Case& drawn) {
    const Index n_hops = drawn.side(0), n_sentences = drawn.side(0), kind = drawn.one_of(3);
    Matrix weights = drawn.matrix(n_hops, n_sentences).cwiseAbs();
    if (kind == 1) weights = weights.array().round();
    if (kind == 2) weights.setConstant(Scalar{0.25});
    return std::tuple{weights};
}

/// From 0 to most; in one case in four one of them is most + 1 or -1.
inline std::vector<Index> kinds_of(Case& drawn, Index n_stories, Index n_kinds, Index wrong) {
    std::vector<Index> kinds;
    for (Index n = 0; n < n_stories; ++n) kinds.push_back(index(drawn, n_kinds));
    if (wrong == 2 && n_stories > 0) kinds[static_cast<std::size_t>(index(drawn, n_stories))] = n_kinds;
    if (wrong == 3 && n_stories > 0) kinds[static_cast<std::size_t>(index(drawn, n_stories))] = -1;
    return kinds;
}

inline auto accuracy_by_kind(Case& drawn) {
    const Index n_stories = drawn.side(0), n_kinds = drawn.side(), wrong = drawn.one_of(4);
    const TokenIds said = ids(drawn, n_stories, 3), expected = ids(drawn, n_stories, 3);
    return std::tuple{said, expected, kinds_of(drawn, n_stories, n_kinds, wrong), n_kinds};
}

inline auto support_by_kind(Case& drawn) {
    const Index n_stories = drawn.side(0), n_hops = drawn.side(0), n_kinds = drawn.side(), wrong = drawn.one_of(4);
    const Matrix found = drawn.matrix(n_stories, n_hops).cwiseAbs().array().round(),
                 expected = drawn.matrix(n_stories, n_hops).cwiseAbs().array().round();
    return std::tuple{found, expected, kinds_of(drawn, n_stories, n_kinds, wrong), n_kinds};
}

/// What story_questions.hpp leaves open: without stories the model need not be checked.
inline bool may_refuse(const auto& arguments) {
    using First = std::tuple_element_t<0, std::decay_t<decltype(arguments)>>;
    if constexpr (std::is_same_v<First, std::vector<Asked>>) {
        return std::get<0>(arguments).empty();
    } else {
        return false;
    }
}

}  // namespace story_questions::cases

#endif
