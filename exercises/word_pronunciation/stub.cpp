// Your part of the exercise: replace each qkv::todo() by code. What the functions promise stands in
// word_pronunciation.hpp, what they are for in README.md (README.zh.md). Grade with: ./grade word_pronunciation
#include "word_pronunciation.hpp"

namespace word_pronunciation {

TokenIds letters_to_ids(const std::string& word) {
    // What stands before the first letter, and what behind the last? What becomes of "K", and what of "4"?
    qkv::todo();
}

std::string ids_to_letters(const TokenIds& ids) {
    // Which ids say nothing? Where does reading stop?
    qkv::todo();
}

std::string ids_to_phonemes(const TokenIds& ids) {
    // A phoneme is one or two characters long. Where do spaces belong, and where not?
    qkv::todo();
}

Reading read_word(const TokenIds& source, const TransformerModel& model) {
    // The first half of transformer_logits. What does transformer.hpp offer for it?
    qkv::todo();
}

RowVector next_log_probabilities(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    // The second half. What does the decoder read before anything is said? Which row is asked for?
    // How is the logarithm of a softmax computed if a probability is too small for a number?
    qkv::todo();
}

std::vector<TokenIds> pronounce(const std::vector<TokenIds>& sources, const TransformerModel& model, Index max_tokens) {
    // How often does a word need the encoder? Which ids may be said? What ends a word, and does it belong to it?
    qkv::todo();
}

std::vector<Hypothesis> beam_search(const TokenIds& source, const TransformerModel& model, Index beam_width,
                                    Scalar alpha, Index max_tokens) {
    // What must be remembered of each hypothesis? By what are continuations compared, and by what the finished ones?
    qkv::todo();
}

Index edit_distance(const TokenIds& said, const TokenIds& expected) {
    // If the distances of all shorter beginnings are known: which three of them lead here, and at which price?
    qkv::todo();
}

Scalar phoneme_error_rate(const std::vector<TokenIds>& said, const std::vector<TokenIds>& expected) {
    // A mean of rates, or a rate of sums?
    qkv::todo();
}

Alignment align(const Reading& reading, const TokenIds& said, const TransformerModel& model) {
    // Which rows does the last layer's cross-attention get as queries? What comes before it in that layer?
    // Which of its rows has chosen the first phoneme?
    qkv::todo();
}

}  // namespace word_pronunciation
