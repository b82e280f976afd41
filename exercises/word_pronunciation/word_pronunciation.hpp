// A trained Transformer pronounces English words: from letters to phonemes, greedily and with a beam; how often it is
// wrong; which letter it looks at. You write these functions in word_pronunciation.cpp; everything that the exercises
// before it made may be called. A shape or an id that does not fit is answered with std::invalid_argument.
#ifndef QKV_WORD_PRONUNCIATION_HPP
#define QKV_WORD_PRONUNCIATION_HPP

#include <string>
#include <vector>

#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"
#include "transformer.hpp"

namespace word_pronunciation {

using qkv::Index;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;
using transformer::TransformerModel;

/// The first ids mean the same in source and target.
inline constexpr int padding_id = 0, begin_id = 1, end_id = 2, unknown_id = 3;
/// Letters and phonemes have their ids from here on, in the order of these lists.
inline constexpr int first_id = 4;
inline const std::string alphabet = "abcdefghijklmnopqrstuvwxyz'";
inline const std::vector<std::string> phonemes = {
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F",  "G", "HH", "IH", "IY", "JH", "K",
    "L",  "M",  "N",  "NG", "OW", "OY", "P", "R",  "S", "SH", "T",  "TH", "UH", "UW", "V", "W",  "Y",  "Z",  "ZH"};

/// A word as the model reads it: begin_id, an id for each character, end_id.
///
///   id of a character = first_id + its place in alphabet; a capital counts as its small letter
///   unknown_id        for any other character
///
/// word     may be empty. A character is one char: "é" in UTF-8 is two of them, both unknown
TokenIds letters_to_ids(const std::string& word);

/// The way back: the letters of ids, up to the first end_id. What comes behind it is not read.
///
/// ids      padding_id, begin_id and end_id say nothing; unknown_id is "?"
/// throws   std::invalid_argument if an id before the end is neither one of these four nor that of a letter
std::string ids_to_letters(const TokenIds& ids);

/// Phonemes as the dictionary writes them: "K AE T", one space between two. Otherwise as ids_to_letters.
///
/// throws   std::invalid_argument if an id before the end is neither one of the four nor that of a phoneme
std::string ids_to_phonemes(const TokenIds& ids);

/// What the encoder has made of a word: computed once, asked at every step.
struct Reading {
    TokenIds source;  ///< letters, as letters_to_ids gives them
    Matrix memory;    ///< (n_source x d_model), what the decoder looks at
};

/// Reads a word.
///
///   memory = encoder(embedded source), padding hidden       as in transformer_logits
///
/// source   at least one id; none may be refused
/// throws   std::invalid_argument if an id has no row in the source's table, or on shapes that do not fit
Reading read_word(const TokenIds& source, const TransformerModel& model);

/// How probable each id is as the next one, as logarithms.
///
///   logits    = last row of decoder(embedded begin_id, said[0], said[1], ...; memory) * W + b, padding hidden
///   result(j) = logits(j) - log(sum over k of exp(logits(k)))
///
/// It is the last row of transformer_logits, normalised; but it reads reading.memory, and no encoder runs.
///
/// said     without begin_id; may be empty
/// returns  (n_target_vocabulary), all finite however small a probability is; the logits differ by less than 1e300
/// throws   std::invalid_argument if an id has no row in the target's table, or on shapes that do not fit
RowVector next_log_probabilities(const Reading& reading, const TokenIds& said, const TransformerModel& model);

/// Pronounces words, each by itself: always takes the most probable id that may be said.
///
///   may be said   end_id, and every id from first_id on; never padding_id, begin_id, unknown_id
///
/// Ties go to the lowest id. A word ends with end_id or after max_tokens, whichever comes first.
///
/// sources     each as in read_word
/// model       scores at least end_id
/// max_tokens  at least 1: how many ids may be said, end_id included
/// returns     a list for each source: what was said, without end_id
/// throws      std::invalid_argument if max_tokens is less than 1, or as the functions above; without sources nothing
///             else need be checked
std::vector<TokenIds> pronounce(const std::vector<TokenIds>& sources, const TransformerModel& model, Index max_tokens);

/// A pronunciation that beam search has found.
struct Hypothesis {
    TokenIds ids;            ///< what was said, without end_id
    Scalar log_probability;  ///< sum of the log probabilities of all that was said, end_id included
    Scalar score;            ///< the same, normalised by the length
};

/// Keeps the best beginnings instead of one. The beam holds what is being said; at first nothing, of log probability 0.
/// At most max_tokens times, while it holds something:
///
///   continue  every hypothesis of the beam by every id that may be said (as in pronounce)
///   keep      of all these the best by log probability, as many as beam_width - how many are finished
///   sort out  those that end with end_id are finished and leave the beam; the others are the beam
///
/// Then what is left in the beam is finished, too. With n, the number of ids said, end_id included:
///
///   score = log_probability / ((5 + n) / 6)^alpha           Wu et al. 2016, equation 14
///
/// Ties: of equal log probabilities, what continues the hypothesis that stands first in the beam (best first); of one
/// hypothesis, the lowest id. Of equal scores, what was finished first; of one step, in the order of the beam.
///
/// beam_width  at least 1; with 1 it says what pronounce says
/// alpha       at least 0; with 0 the score is the log probability
/// max_tokens  as in pronounce
/// returns     all that was finished, the best score first: beam_width of them, or fewer if there are no more
/// throws      std::invalid_argument on numbers below these, or as pronounce
std::vector<Hypothesis> beam_search(const TokenIds& source, const TransformerModel& model, Index beam_width,
                                    Scalar alpha, Index max_tokens);

/// How many changes make one list of the other: the fewest ids that are to be deleted, inserted or replaced.
///
///   either may be empty                                     Wagner and Fischer 1974
Index edit_distance(const TokenIds& said, const TokenIds& expected);

/// The phoneme error rate of many words: all changes, divided by all phonemes that are right.
///
///   sum over words of edit_distance(said, expected) / sum over words of the length of expected
///
/// said, expected  one list a word, in the same order
/// returns  0 if all is right; may be above 1
/// throws   std::invalid_argument if there are more of the one than of the other, or if nothing is expected at all
Scalar phoneme_error_rate(const std::vector<TokenIds>& said, const std::vector<TokenIds>& expected);

/// Which letter the model looked at when it said a phoneme.
struct Alignment {
    Matrix weights;              ///< (n_said x n_letters): attention of the last decoder layer, mean over the heads
    std::vector<Index> letters;  ///< for each phoneme the place of the letter with the largest weight, from 0
};

/// Looks into the cross-attention of the last decoder layer while the model says what is given.
///
/// The row of a phoneme is that which *chose* it: its query comes from the id before. The columns are letters only:
/// those of the first and the last id of the source, begin_id and end_id, are left out, the others stay as they are,
/// so that rows sum to less than 1. Ties go to the first letter.
///
/// said     phonemes without begin_id and end_id; may be empty
/// throws   std::invalid_argument if the source has fewer than 3 ids or the decoder no layer, or as
///          next_log_probabilities; what comes after the cross-attention of the last layer is not read, and whether it
///          fits need not be checked                         Vaswani et al. 2017, section 3.2.3
Alignment align(const Reading& reading, const TokenIds& said, const TransformerModel& model);

}  // namespace word_pronunciation

#endif
