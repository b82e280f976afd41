// Reading lines of text with weights that others trained: the encoder of a recogniser, from its checkpoint to the text.
// You write these functions in text_reading.cpp. Everywhere: rows are positions along the line, from left to right;
// columns are features. A shape that does not fit its neighbours is answered with std::invalid_argument.
#ifndef QKV_TEXT_READING_HPP
#define QKV_TEXT_READING_HPP

#include <string>
#include <vector>

#include "encoder.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace text_reading {

using encoder::EncoderLayerWeights;
using encoder::EncoderWeights;
using encoder::FeedForwardWeights;
using multi_head_attention::Linear;
using multi_head_attention::MultiHeadWeights;
using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// SiLU, which PaddleOCR calls Swish, of each number by itself.
///
///   silu(x) = x * sigmoid(x) = x / (1 + exp(-x))
///
/// input    any shape, also without rows or columns; any finite numbers
/// returns  the same shape, finite                           Hendrycks and Gimpel 2016; Ramachandran et al. 2017
Matrix silu(const Matrix& input);

/// The position-wise feed-forward network with SiLU.
///
///   output = silu(input * W_1 + b_1) * W_2 + b_2
///
/// input    (n_tokens x d_model)
/// returns  (n_tokens x d_model)
/// throws   std::invalid_argument on shapes that do not fit, also if W_2 is not d_model wide
Matrix silu_feed_forward(const Matrix& input, const FeedForwardWeights& weights);

/// How the 3 * d_model outputs of a fused projection follow each other.
enum class FusedOrder {
    kinds_first,  ///< query of all heads, key of all heads, value of all heads: PaddleOCR, timm, PyTorch
    heads_first   ///< query, key and value of head 0, then those of head 1, and so on: BLOOM, GPT-NeoX
};

/// The four layers of multi-head attention from a checkpoint that keeps query, key and value in one.
///
/// fused    its weight is (d_model x (3 * d_model)), or transposed, ((3 * d_model) x d_model), as PyTorch keeps it;
///          which of the two, its shape says. Its bias has 3 * d_model entries in the order of the outputs
/// output   the output layer (d_model x d_model). The checkpoint keeps it as it keeps the fused weight: if that is
///          transposed, this weight is, too
/// returns  layers that linear(...) of multi_head_attention.hpp can use, each (d_model x d_model), and n_heads. Head h
///          is block h of the columns, as everywhere in this kit
/// throws   std::invalid_argument if n_heads is less than 1 or does not divide d_model, if d_model is 0, or on shapes
///          that do not fit
MultiHeadWeights attention_from_fused(const Linear& fused, const Linear& output, Index n_heads, FusedOrder order);

/// What a layer returns, and what its heads looked at.
struct LayerResult {
    Matrix tokens;                  ///< (n_tokens x d_model)
    std::vector<Matrix> attention;  ///< one (n_tokens x n_tokens) for each head, rows sum to 1
};

/// An encoder layer in pre-norm order with SiLU, without mask. With A the multi-head self-attention, F the feed-forward
/// network, N_A and N_F their norms:
///
///   h = x + A(N_A(x)),   tokens = h + F(N_F(h))
///
/// tokens   x (n_tokens x d_model). Without tokens: none are returned, or the call is refused, whatever else it holds
/// throws   std::invalid_argument on shapes that do not fit  Xiong et al. 2020, table 1
LayerResult silu_encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights);

/// All that an encoder computes.
struct Encoding {
    std::vector<Matrix> tokens;                  ///< z_0, which came in, to z_L, each (n_tokens x d_model)
    std::vector<std::vector<Matrix>> attention;  ///< of each layer, the weights of each head
    Matrix output;                               ///< z_L after the final norm, if there is one; else z_L
};

/// The encoder: each layer works on what the layer before it returned.
///
/// tokens   z_0 (n_tokens x d_model). Without tokens: as for the layer
/// weights  without layers, tokens holds z_0 and attention nothing
/// throws   std::invalid_argument on shapes that do not fit
Encoding encode_line(const Matrix& tokens, const EncoderWeights& weights);

/// Each row between its neighbours: the row before it, itself, the row behind it, side by side. Beyond both ends there
/// are zeros. A linear layer on this is a convolution of width 3.
///
/// rows     (n x d), may have no rows
/// returns  (n x (3 * d))
Matrix with_neighbours(const Matrix& rows);

/// From the encoder to the letters.
struct HeadWeights {
    Linear widen;    ///< (d_model x d_wide)
    Linear gather;   ///< ((3 * d_wide) x d_narrow): a convolution of width 3
    Linear mix;      ///< (d_narrow x d_mixed)
    Linear letters;  ///< (d_mixed x n_letters); column 0 is the blank
};

/// How well each letter fits at each position.
///
///   wide   = silu(widen(encoded))
///   narrow = silu(gather(with_neighbours(wide)) + beside)
///   logits = letters(silu(mix(narrow)))
///
/// encoded  (n x d_model), what the encoder returned
/// beside   (n x d_narrow), what the convolutions saw and sent past the encoder
/// returns  (n x n_letters)
/// throws   std::invalid_argument on shapes that do not fit
Matrix line_logits(const Matrix& encoded, const Matrix& beside, const HeadWeights& weights);

/// The best letter at each position: the column of the largest logit; of equal ones the lower.
///
/// logits   (n x n_letters)
/// throws   std::invalid_argument if there are no letters
std::vector<Index> best_path(const Matrix& logits);

/// From a path to letters, as connectionist temporal classification (CTC) reads it: of equal neighbours one is kept,
/// then the blanks, which are 0, are dropped.
///
///   2 2 0 2 3 3 0 -> 2 2 3
///
/// path     numbers of letters, 0 or greater; may be empty     Graves et al. 2006, section 3.1
std::vector<Index> collapse(const std::vector<Index>& path);

/// A line that was read.
struct Reading {
    std::string text;
    Scalar confidence;  ///< from 0 to 1
};

/// The text of a line, and how sure the network is of it.
///
///   confidence = mean over the letters of the text of the softmax of the logits, at the first position of the letter's
///                run on the best path; 0 if there are no letters
///
/// logits   (n x n_letters), may have no rows
/// letters  UTF-8; letters[0] stands for the blank and is never part of the text
/// throws   std::invalid_argument if there are no letters, or not as many as columns
Reading read_logits(const Matrix& logits, const std::vector<std::string>& letters);

/// A line as the convolutions saw it.
struct Line {
    Matrix tokens;  ///< (n x d_model), what the encoder reads
    Matrix beside;  ///< (n x d_narrow), what goes past it
};

/// All that is needed to read.
struct ReaderWeights {
    EncoderWeights encoder;
    HeadWeights head;
    std::vector<std::string> letters;  ///< as many as columns of head.letters
};

/// Reads lines: encodes each, computes its logits, and reads these.
///
/// lines    of any length, at least one position each; there may be no lines
/// throws   std::invalid_argument on shapes that do not fit. Without lines nobody reads the weights: such as do not
///          fit are then refused or ignored
std::vector<Reading> read_lines(const std::vector<Line>& lines, const ReaderWeights& weights);

}  // namespace text_reading

#endif
