// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// story_questions.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade story_questions
#include "story_questions.hpp"

namespace story_questions {

std::vector<std::string> split_words(const std::string& text) {
    // When is a word complete? Who completes the last one, if no full stop follows?
    qkv::todo();
}

TokenIds words_to_ids(const std::vector<std::string>& words, const std::vector<std::string>& vocabulary) {
    // What does the network know about a word that it has never seen?
    qkv::todo();
}

Asked read_text(const std::string& text, const std::vector<std::string>& vocabulary) {
    // Which chars end something? What is left behind the last of them, and what may be left there?
    qkv::todo();
}

Trace look_inside(const Asked& asked, const AdjacentModel& model, Encoding encoding) {
    // Which functions is answer_adjacent made of? Which sentences have a row in every temporal table?
    qkv::todo();
}

TokenIds answers(const std::vector<Asked>& asked, const AdjacentModel& model, Encoding encoding) {
    // Is a softmax needed to know which word is the most probable? Which is it if two are?
    qkv::todo();
}

std::string answer_text(const std::string& text, const std::vector<std::string>& vocabulary, const AdjacentModel& model,
                        Encoding encoding) {
    // You have all the pieces. What must hold between vocabulary and embeddings, so that an id has a word?
    qkv::todo();
}

std::vector<Index> supporting_sentences(const Matrix& weights) {
    // Two sentences have the same weight: which of them was told last?
    qkv::todo();
}

RowVector accuracy_by_kind(const TokenIds& said, const TokenIds& expected, const std::vector<Index>& kinds,
                           Index n_kinds) {
    // By which number is each kind's count divided? What if that is 0?
    qkv::todo();
}

Matrix support_by_kind(const Matrix& found, const Matrix& expected, const std::vector<Index>& kinds, Index n_kinds) {
    // How does the comparison of two matrices become a matrix of zeros and ones?
    qkv::todo();
}

}  // namespace story_questions
