// A trained memory network reads stories in plain words and answers questions about them; which sentence each hop
// looked at; how often it is right, and for the right reason. You write these functions in story_questions.cpp; those
// of memory_network.hpp may be called. Text is ASCII as far as it matters: a char beyond is a char like any letter.
#ifndef QKV_STORY_QUESTIONS_HPP
#define QKV_STORY_QUESTIONS_HPP

#include <string>
#include <vector>

#include "memory_network.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace story_questions {

using memory_network::AdjacentModel;
using memory_network::Encoding;
using memory_network::Story;
using qkv::Index;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;

/// The words of a text, in small letters: what stands between spaces and punctuation.
///
///   ends a word   space, tab, line feed, carriage return, and . , ; : ! ? " ( )
///   A to Z        become a to z; every other char stays as it is, so "Omar's" is one word
///
/// text     may be empty
/// returns  in the order of the text; no word is empty
std::vector<std::string> split_words(const std::string& text);

/// The id of each word: its place in the vocabulary, from 0. Words are compared as they are.
///
/// vocabulary  the words of the ids 0, 1, 2, ...; of equal ones the first counts
/// throws      std::invalid_argument if a word is not in the vocabulary: the network has no row for it
TokenIds words_to_ids(const std::vector<std::string>& words, const std::vector<std::string>& vocabulary);

/// A story and a question about it, as memory_network reads them.
struct Asked {
    Story story;        ///< the oldest sentence first; no sentence is empty
    TokenIds question;  ///< not empty
};

/// Reads a text that ends with a question: "Mary went to the attic. Where is Mary?"
///
///   a sentence    ends with . or !
///   the question  ends with ? and begins behind the last . or ! before it
///
/// Sentences without words are skipped ("Well done!.." has one sentence). There may be no story.
///
/// throws   std::invalid_argument if there is not exactly one ?, if a word stands behind it, if the question has no
///          words, or if words_to_ids refuses a word
Asked read_text(const std::string& text, const std::vector<std::string>& vocabulary);

/// What goes on in a memory network while it answers one question.
struct Trace {
    Matrix states;     ///< u^1, ..., u^{K+1}: (n_hops + 1 x d)
    Matrix weights;    ///< (n_hops x n_sentences), row k: where hop k looked
    RowVector logits;  ///< (vocabulary)
};

/// Answers as memory_network::answer_adjacent does, but keeps every state, and forgets where that one refuses: of a
/// story that is longer than the shortest temporal table, only the newest sentences are remembered, as many as that
/// table has rows.
///
///   states.row(k) = u^{k+1}, k = 0, ..., n_hops
///   weights       of forgotten sentences 0; the others as if the forgotten ones had never been told
///
/// Without temporal tables nothing is forgotten. What is forgotten need not be read: whether its words are in the
/// vocabulary may be checked or not.
///
/// throws   std::invalid_argument if answer_adjacent refuses the model, the question or what is remembered
Trace look_inside(const Asked& asked, const AdjacentModel& model, Encoding encoding);

/// The answer to each question: the id of the largest logit, the lowest one of equal logits. Long stories are
/// answered from their newest sentences, as in look_inside.
///
/// asked    any number of stories, each answered by itself
/// model    of a vocabulary of at least one word
/// returns  an id for each; none for none
/// throws   as look_inside; without stories the model need not be checked
TokenIds answers(const std::vector<Asked>& asked, const AdjacentModel& model, Encoding encoding);

/// From a text that ends with a question to the word of the answer.
///
/// throws   std::invalid_argument if there is not one word for each row of the embeddings, or as read_text and answers
std::string answer_text(const std::string& text, const std::vector<std::string>& vocabulary, const AdjacentModel& model,
                        Encoding encoding);

/// The supporting sentence of each hop: that of the largest weight, counted from 0, the oldest. Of equal weights the
/// newest sentence: what was said last counts.
///
/// weights  (n_hops x n_sentences)
/// returns  n_hops indices
/// throws   std::invalid_argument if there are hops and no sentences
std::vector<Index> supporting_sentences(const Matrix& weights);

/// The share of right answers among the stories of each kind, from 0 to 1; 0 for a kind without stories.
///
/// said, expected, kinds  one number a story, in the same order; kinds from 0 to n_kinds - 1
/// n_kinds                at least 1
/// returns  (n_kinds)
/// throws   std::invalid_argument if the lists differ in length, if a kind is none, or if n_kinds is less than 1
RowVector accuracy_by_kind(const TokenIds& said, const TokenIds& expected, const std::vector<Index>& kinds,
                           Index n_kinds);

/// Right for the right reason: among the stories of each kind, the share of those in which hop k looked at the sentence
/// at which it should, for each k; 0 for a kind without stories.
///
/// found, expected  (n_stories x n_hops) each: sentences as supporting_sentences gives them, a story a row
/// kinds, n_kinds   as in accuracy_by_kind
/// returns  (n_kinds x n_hops)
/// throws   std::invalid_argument if found and expected differ in shape, if there is not one kind a story, if a kind is
///          none, or if n_kinds is less than 1
Matrix support_by_kind(const Matrix& found, const Matrix& expected, const std::vector<Index>& kinds, Index n_kinds);

}  // namespace story_questions

#endif
