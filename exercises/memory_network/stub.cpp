// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// memory_network.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade memory_network
#include "memory_network.hpp"

namespace memory_network {

RowVector bag_of_words(const TokenIds& sentence, const Matrix& embedding) {
    // Which row of the embedding belongs to a word? And what if there is no such row?
    // Refuse it first: throw std::invalid_argument("...").
    qkv::todo();
}

Matrix position_encoding(Index n_words, Index d) {
    // The formula counts words and features from 1, a matrix from 0. And what is 1 / 4 in C++?
    qkv::todo();
}

RowVector encode_sentence(const TokenIds& sentence, const Matrix& embedding, Encoding encoding) {
    // What do the two encodings have in common, and where do they differ?
    qkv::todo();
}

Matrix encode_story(const Story& story, const Matrix& embedding, const std::optional<Matrix>& temporal,
                    Encoding encoding) {
    // How long ago was the last sentence told, and how long ago the first? What if the table knows no
    // such age?
    qkv::todo();
}

HopResult hop(const RowVector& u, const Matrix& memory_in, const Matrix& memory_out) {
    // One of the two memories is compared with u, the other one is read. What is left to do when there is
    // no slot at all?
    qkv::todo();
}

Answer answer_adjacent(const Story& story, const TokenIds& question, const AdjacentModel& model, Encoding encoding) {
    // Write down for three hops which of the four embeddings is A, and which is C, of each hop. Who embeds
    // the question, and who gives the logits?
    qkv::todo();
}

Answer answer_layer_wise(const Story& story, const TokenIds& question, const LayerWiseModel& model, Index n_hops,
                         Encoding encoding) {
    // What changes from one hop to the next, and what stays the same and is computed only once?
    qkv::todo();
}

}  // namespace memory_network
