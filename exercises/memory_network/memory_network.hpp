// End-to-end memory network: reads a story, keeps every sentence in a memory slot, and answers a question
// in several hops over the memory. You write these functions in memory_network.cpp.
// Everywhere: rows are sentences, or words, or hops; columns are features. An embedding is a table with one
// row a word: multiplying the paper's A with a one-hot word is taking that word's row. Vectors are rows, so
// the paper's H u and W u are u * H and u * W here. There is at least one column, d >= 1; what a function does
// with an embedding that has none is its own affair. Arguments are checked in every case, also where a story, a
// sentence or a memory is empty and the result is known without them.
#ifndef QKV_MEMORY_NETWORK_HPP
#define QKV_MEMORY_NETWORK_HPP

#include <optional>
#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace memory_network {

using qkv::Index;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;

/// Sentences in the order in which they were told, the oldest first. A sentence is a list of word ids,
/// each from 0 to vocabulary - 1. Word 0 is a word like any other; there is no padding.
using Story = std::vector<TokenIds>;

/// How a sentence becomes one vector.
enum class Encoding {
    bag_of_words,  ///< the sum of its words' embeddings
    position,      ///< the same sum, with each word weighted by its position in the sentence
};

/// A bag of words: the sum of the embeddings of the words. A word said twice counts twice; a sentence without
/// words gives zeros.
///
///   result = sum over j of embedding(sentence_j)
///
/// sentence   n_words ids
/// embedding  A (vocabulary x d)
/// returns    (d)
/// throws     std::invalid_argument if an id is negative or not below vocabulary
///                                                           Sukhbaatar et al. 2015, section 4.1
RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding);

/// The weight of each feature of each word of a sentence: row j - 1, column k - 1 holds
///
///   l_kj = (1 - j / J) - (k / d) (1 - 2 j / J),   j = 1, ..., J and k = 1, ..., d, with J = n_words
///
/// n_words  at least 0
/// d        at least 1
/// returns  (n_words x d)
/// throws   std::invalid_argument if n_words < 0 or d < 1    Sukhbaatar et al. 2015, section 4.1
Matrix position_encoding(Index n_words, Index d);

/// A sentence as one vector. With Encoding::position,
///
///   result = sum over j of l_j * embedding(sentence_j), element by element,
///
/// where l_j is row j of position_encoding(n_words, d) and n_words the length of this very sentence. With
/// Encoding::bag_of_words it is bag_of_words(sentence, embedding). No words give zeros in either case.
///
/// embedding  (vocabulary x d)
/// returns    (d)
/// throws     std::invalid_argument if an id is negative or not below vocabulary
///                                                           Sukhbaatar et al. 2015, section 4.1
RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding);

/// The memory: one row a sentence, in the order of the story. If there is a temporal table, each row also
/// gets the vector of its age. The paper indexes sentences in reverse order, "so that x_1 is the last
/// sentence of the story": the newest sentence gets the first row of the table.
///
///   memory(i) = encoding of sentence i + temporal(n_sentences - 1 - i),   i = 0, ..., n_sentences - 1
///
/// story      n_sentences of them, the oldest first; may be empty
/// embedding  A or C (vocabulary x d)
/// temporal   T_A or T_C (max_sentences x d), or nothing
/// returns    (n_sentences x d)
/// throws     std::invalid_argument if an id is not in the vocabulary, if temporal has another width than
///            embedding, or if it has fewer rows than there are sentences
///                                                           Sukhbaatar et al. 2015, section 4.1
Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding);

/// What one look into the memory returns.
struct HopResult {
    RowVector output;   ///< o (d), the weighted mean of memory_out
    RowVector weights;  ///< p (n_sentences), sums to 1
};

/// One hop: compares the state with every slot and reads a weighted mean.
///
///   weights = softmax(u * memory_in^T), without any scaling
///   output  = weights * memory_out
///
/// Stays finite for scores of any size. An empty memory gives no weights and an output of zeros.
///
/// u           (d)
/// memory_in   the m_i (n_sentences x d), what u is compared with
/// memory_out  the c_i (n_sentences x d), what is read
/// throws      std::invalid_argument if the widths of u and memory_in differ, or the shapes of memory_in and
///             memory_out                                    Sukhbaatar et al. 2015, equations 1 and 2
HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out);

/// What a memory network returns.
struct Answer {
    RowVector logits;  ///< one a possible answer, before the softmax
    Matrix weights;    ///< (n_hops x n_sentences), row k: where hop k looked
};

/// Parameters of a network of K hops with adjacent tying: what one hop reads, the next compares with.
///
///   A^1, ..., A^{K+1} = embeddings,   C^k = A^{k+1},   B = A^1,   W^T = C^K = A^{K+1}
///
/// The temporal tables are tied in the same way: T_A^k is the k-th of them, T_C^k the one after it.
struct AdjacentModel {
    std::vector<Matrix> embeddings;  ///< K + 1, at least two, each (vocabulary x d)
    std::vector<Matrix> temporal;    ///< K + 1, each (max_sentences x d), or none: no temporal encoding. They may
                                     ///< differ in max_sentences.
};

/// Answers a question with adjacent tying. Every word of the vocabulary is a possible answer.
///
///   u^1     = encoding of the question by B, without temporal encoding
///   o^k     = output of hop k: u^k, the story encoded by A^k and T_A^k, and by C^k and T_C^k
///   u^{k+1} = u^k + o^k
///   logits  = u^{K+1} * W
///
/// Story and question are encoded in the same way. An empty story is answered from the question alone:
/// every o^k is zero, and the weights have no columns. A question without words is u^1 = 0.
///
/// K is not limited.
/// returns  logits (vocabulary), weights (K x n_sentences)
/// throws   std::invalid_argument if there are fewer than two embeddings, if they differ in shape, if there
///          are temporal tables but not one for each embedding, if encode_story refuses the story, or if a
///          word of the question is not in the vocabulary
///                                                           Sukhbaatar et al. 2015, section 2.2
Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding);

/// Parameters of a network with layer-wise tying: every hop has the same ones, as the steps of an RNN have.
struct LayerWiseModel {
    Matrix question;                        ///< B (vocabulary x d)
    Matrix input;                           ///< A (vocabulary x d)
    Matrix output;                          ///< C (vocabulary x d)
    std::optional<Matrix> temporal_input;   ///< T_A (max_sentences x d), or nothing
    std::optional<Matrix> temporal_output;  ///< T_C (max_sentences x d), or nothing; may be longer than T_A
    Matrix transition;                      ///< H (d x d)
    Matrix answer;                          ///< W (d x n_answers)
};

/// Answers a question with layer-wise tying. H acts at every hop, the last one included.
///
///   u^1     = encoding of the question by B, without temporal encoding
///   o^k     = output of hop k: u^k, the story encoded by A and T_A, and by C and T_C
///   u^{k+1} = u^k * H + o^k
///   logits  = u^{n_hops + 1} * W
///
/// An empty story is answered from the question alone, as in answer_adjacent.
///
/// n_hops   at least 1
/// returns  logits (n_answers), weights (n_hops x n_sentences)
/// throws   std::invalid_argument if n_hops < 1, if B, A and C differ in shape, if H is not d x d or W has not
///          d rows, if encode_story refuses the story, or if a word of the question is not in the
///          vocabulary                                       Sukhbaatar et al. 2015, section 2.2
Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding);

}  // namespace memory_network

#endif
