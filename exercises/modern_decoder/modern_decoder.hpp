// A decoder as language models have it today (Llama, Mistral): what has changed since 2017, piece by piece, and the
// whole. You write these functions in modern_decoder.cpp; those of attention.hpp may be called. Everywhere: rows are
// tokens, and a linear map is tokens * weight, with a weight (d_in x d_out) and without a bias. What does not fit is
// answered with std::invalid_argument, in every case: also where the result would not depend on it.
#ifndef QKV_MODERN_DECODER_HPP
#define QKV_MODERN_DECODER_HPP

#include <optional>
#include <vector>

#include "attention.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace modern_decoder {

using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;

/// Divides each row by its root mean square and stretches each feature. No mean is subtracted, nothing is added.
///
///   rms(t)       = sqrt(mean over j of tokens(t, j)^2 + epsilon)
///   normed(t, j) = tokens(t, j) / rms(t) * gain(j)
///
/// tokens   (n_tokens x d_model); there may be no tokens
/// gain     (d_model), any numbers
/// epsilon  greater than 0
/// returns  (n_tokens x d_model)
/// throws   std::invalid_argument if gain and tokens differ in d_model, or if epsilon is not greater than 0
///                                                           Zhang and Sennrich 2019, equation 4
Matrix rms_norm(const Matrix& tokens, const RowVector& gain, Scalar epsilon);

/// Rotary positions: turns pairs of features by angles that grow with the position. Here a pair is two neighbours, as
/// in the paper. Row t stands at position offset + t.
///
///   angle(t, i)         = (offset + t) * base^(-2i / d_head)          i = 0 .. d_head / 2 - 1
///   rotated(t, 2i)      = head(t, 2i) * cos(angle(t, i)) - head(t, 2i + 1) * sin(angle(t, i))
///   rotated(t, 2i + 1)  = head(t, 2i) * sin(angle(t, i)) + head(t, 2i + 1) * cos(angle(t, i))
///
/// head     (n_tokens x d_head), the queries or the keys of one head; there may be no tokens, and d_head may be 0
/// offset   0 or more: how many tokens stand before the first row
/// base     greater than 0: 10000 in the paper, larger for long texts
/// returns  (n_tokens x d_head)
/// throws   std::invalid_argument if d_head is odd, if offset is negative, or if base is not greater than 0
///                                                           Su et al. 2021, section 3.2 and equation 34
Matrix rotate_pairs(const Matrix& head, Index offset, Scalar base);

/// The same angles, but feature i makes a pair with feature i + d_head / 2: the first half with the second half.
///
///   rotated(t, i)              = head(t, i) * cos(angle(t, i)) - head(t, i + d_head / 2) * sin(angle(t, i))
///   rotated(t, i + d_head / 2) = head(t, i) * sin(angle(t, i)) + head(t, i + d_head / 2) * cos(angle(t, i))
///
/// Arguments, result and errors as in rotate_pairs.          GPT-NeoX; the weights of Llama as Hugging Face has them
Matrix rotate_halves(const Matrix& head, Index offset, Scalar base);

/// Carries W_Q or W_K of a model that rotates neighbours over to one that rotates halves. Only columns change their
/// places, within each head; no query and no key then gives another score.
///
///   result(:, h * d_head + i)              = weight(:, h * d_head + 2i)            i = 0 .. d_head / 2 - 1
///   result(:, h * d_head + d_head / 2 + i) = weight(:, h * d_head + 2i + 1)
///
/// weight   (d_model x n_heads * d_head); neither side need be greater than 0
/// returns  (d_model x n_heads * d_head)
/// throws   std::invalid_argument if n_heads is less than 1, or if the columns do not make n_heads heads of even width
Matrix halves_from_pairs(const Matrix& weight, Index n_heads);

/// The weights of a feed-forward layer with a gate.
struct SwiGlu {
    Matrix gate;  ///< (d_model x d_ff)
    Matrix up;    ///< (d_model x d_ff)
    Matrix down;  ///< (d_ff x d_model)
};

/// The feed-forward layer with a gate: one map says how much of the other passes.
///
///   silu(a) = a / (1 + exp(-a))
///   result  = (silu(tokens * gate) ⊙ (tokens * up)) * down
///
/// tokens   (n_tokens x d_model); there may be no tokens. All is finite for a of any size, 1000 and -1000 too
/// returns  (n_tokens x d_model)
/// throws   std::invalid_argument if gate or up have not d_model rows, if they differ in d_ff, or if down is not
///          (d_ff x d_model)                                 Shazeer 2020, equation 6
Matrix swiglu(const Matrix& tokens, const SwiGlu& weights);

/// Attention in which several query heads share a key head and a value head.
///
///   n_shared = n_heads / n_groups
///   head h   = masked attention of query head h with key head and value head h / n_shared (rounded down)
///   result   = the heads beside one another
///
/// So heads 0 .. n_shared - 1 share the first group, the next n_shared the second. With n_groups = n_heads it is
/// multi-head attention, with 1 multi-query attention. Scores are divided by sqrt(d_head); a query that sees nothing
/// gets zeros. As in attention.hpp, no score is too large or too small.
///
/// query    (n_queries x n_heads * d_head), head beside head; there may be no queries
/// key      (n_keys x n_groups * d_head), at least one row; d_head is at least 1
/// value    (n_keys x n_groups * d_head)
/// mask     (n_queries x n_keys), true = may attend; always there
/// returns  (n_queries x n_heads * d_head)
/// throws   std::invalid_argument if n_groups is less than 1, if it does not divide n_heads (which is at least 1), if
///          query is not n_heads heads wide (d_head at least 1), if key or value are not n_groups such heads wide, if
///          they differ in n_keys or have no row, or if the mask has another shape
///                                                           Ainslie et al. 2023, section 2.2
Matrix grouped_attention(const Matrix& query, const Matrix& key, const Matrix& value, const Mask& mask, Index n_heads,
                         Index n_groups);

/// Who sees whom: each token sees itself, the `window` - 1 tokens before it, and besides the first `sinks` tokens of
/// the text, where attention likes to rest. Never the future.
///
///   may attend(i, j) if j <= i and (i - j < window or j < sinks)
///
/// With window >= n_tokens this is the causal mask.
///
/// n_tokens  0 or more
/// window    1 or more
/// sinks     0 or more; may be more than there are tokens
/// returns   (n_tokens x n_tokens), true = may attend
/// throws    std::invalid_argument if a number is less than that
///                                   Beltagy et al. 2020, section 3.1; Jiang et al. 2023; Xiao et al. 2023, section 3
Mask window_mask(Index n_tokens, Index window, Index sinks);

/// What all blocks of a model have in common.
struct Settings {
    Index n_heads;   ///< of the queries
    Index n_groups;  ///< heads of keys and values
    Index window;    ///< as in window_mask
    Index sinks;     ///< as in window_mask
    Scalar base;     ///< of the rotary positions
    Scalar epsilon;  ///< of every norm
};

/// The weights of one block.
struct Block {
    RowVector attention_gain;     ///< of the norm before attention (d_model)
    Matrix query;                 ///< W_Q (d_model x n_heads * d_head)
    Matrix key;                   ///< W_K (d_model x n_groups * d_head)
    Matrix value;                 ///< W_V (d_model x n_groups * d_head)
    Matrix output;                ///< W_O (n_heads * d_head x d_model)
    RowVector feed_forward_gain;  ///< of the norm before the feed-forward layer (d_model)
    SwiGlu feed_forward;
};

/// One block: attention and feed-forward layer, each on normed tokens, each added to what it was given.
///
///   x      = tokens + grouped_attention(Q, K, V) * output
///            Q, K, V are rms_norm(tokens) * query, * key, * value; every head of Q and of K, but not of V, is rotated
///            by halves, the first token at position 0; the mask is window_mask
///   result = x + swiglu(rms_norm(x))
///
/// d_head follows from the width of W_Q and n_heads; n_heads * d_head need not be d_model.
///
/// tokens   (n_tokens x d_model), at least one token
/// returns  (n_tokens x d_model)
/// throws   std::invalid_argument if there is no token, if a weight has another shape than stands above, or if the
///          settings are such as the functions above refuse (an odd d_head among them)
///                                                           Touvron et al. 2023, section 2.2; Jiang et al. 2023
Matrix run_block(const Matrix& tokens, const Block& block, const Settings& settings);

/// A whole model.
struct Model {
    Matrix embedding;              ///< (n_vocabulary x d_model)
    std::vector<Block> blocks;     ///< may be none
    RowVector gain;                ///< of the last norm (d_model)
    std::optional<Matrix> output;  ///< (d_model x n_vocabulary); without it the output is tied to the embedding
    Settings settings;
};

/// What a model makes of a text before it says anything.
///
///   x      = row ids[t] of the embedding, for each t; nothing is added and nothing multiplied
///   x      = run_block(x), block after block
///   result = rms_norm(x)
///
/// ids      at least one
/// returns  (number of ids x d_model)
/// throws   std::invalid_argument if there are no ids, if an id has no row in the embedding, or as the functions above.
///          What is not read need not be checked: `output` here; without blocks all settings but epsilon
Matrix hidden_states(const TokenIds& ids, const Model& model);

/// How much speaks for each id as the next one, at every position.
///
///   logits = hidden_states * output                          if there is an output
///   logits = hidden_states * embedding^T                     if it is tied
///
/// returns  (number of ids x n_vocabulary)
/// throws   std::invalid_argument as hidden_states, or if the output is not (d_model x n_vocabulary)
Matrix logits(const TokenIds& ids, const Model& model);

/// Writes on: again and again the id with the largest logit in the last row, of equal ones the lowest.
///
/// prompt    at least one id
/// end       with this id the text ends; it may be an id that is never said, -1 for example
/// most_new  at least 1: after so many new ids it ends, too
/// returns   the new ids alone, without end; may be none
/// throws    std::invalid_argument if most_new is less than 1, or as logits
TokenIds continue_text(const TokenIds& prompt, const Model& model, int end, Index most_new);

}  // namespace modern_decoder

#endif
