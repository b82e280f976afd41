// The Transformer: embeddings, decoder, padding, logits, and the decoding of an answer token by token.
// You write these functions in transformer.cpp. Everywhere: rows are tokens, columns are features. A shape that
// does not fit its neighbours is answered with std::invalid_argument.
#ifndef QKV_TRANSFORMER_HPP
#define QKV_TRANSFORMER_HPP

#include <optional>
#include <vector>

#include "encoder.hpp"
#include "multi_head_attention.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace transformer {

using encoder::Activation;
using encoder::EncoderLayerWeights;
using encoder::EncoderWeights;
using encoder::FeedForwardWeights;
using encoder::LayerNormWeights;
using encoder::NormOrder;
using multi_head_attention::Linear;
using multi_head_attention::MultiHeadWeights;
using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;

/// Turns token ids into vectors that know their place: looks each up, scales it, adds the sinusoidal encoding
/// of its position. Positions count from 0.
///
///   output_i = sqrt(d_model) * table_(ids[i]) + encoding of position i
///
/// ids      any number of them, each from 0 to n_vocabulary - 1; padding has a row in the table like any other token
/// table    (n_vocabulary x d_model), d_model at least 1; a table without columns may be refused
/// returns  (n_tokens x d_model); no ids give no rows
/// throws   std::invalid_argument if an id has no row in the table
///                                                           Vaswani et al. 2017, sections 3.4 and 3.5
Matrix embed_tokens(const TokenIds& ids, const Matrix& table);

/// Who may look at the source: every query at every token that is not padding.
///
///   mask(i, j) = source[j] is not padding
///
/// n_queries  rows of the mask: the source's length in the encoder, the target's in cross-attention
/// padding    the id that only fills sequences up; if no token has it, as with -1, nothing is hidden
/// returns    (n_queries x n_source), true = may attend; without queries it has no rows, without source no columns
Mask source_mask(Index n_queries, const TokenIds& source, int padding);

/// Who may look at the target: a token at itself and at what stands before it, never at padding.
///
///   mask(i, j) = j <= i, and target[j] is not padding
///
/// returns  (n_target x n_target), true = may attend         Vaswani et al. 2017, section 3.2.3
Mask target_mask(const TokenIds& target, int padding);

/// Weights of one decoder layer.
struct DecoderLayerWeights {
    MultiHeadWeights self_attention;     ///< of the target to itself
    MultiHeadWeights cross_attention;    ///< of the target to the memory
    FeedForwardWeights feed_forward;     ///< works on each target token by itself
    LayerNormWeights self_norm;          ///< belongs to the self-attention sublayer
    LayerNormWeights cross_norm;         ///< belongs to the cross-attention sublayer
    LayerNormWeights feed_forward_norm;  ///< belongs to the feed-forward sublayer
};

/// One decoder layer: target tokens look at each other, then at the memory, which is what the encoder made of the
/// source; then each is worked on by itself. With S the self-attention, C(q) the attention with queries from q and
/// keys and values from the memory, F the feed-forward network, N_S, N_C and N_F their norms:
///
///   post:  a = N_S(x + S(x))     b = N_C(a + C(a))     output = N_F(b + F(b))
///   pre:   a = x + S(N_S(x))     b = a + C(N_C(a))     output = b + F(N_F(b))
///
/// Scores of any size are right here, behind masks too, as in every attention.
///
/// tokens      x (n_target x d_model); no tokens give no rows, or may be refused
/// memory      (n_source x d_memory), the same in every layer, read as it is in both orders; d_memory may differ
///             from d_model; a memory without rows may be refused
/// self_mask   (n_target x n_target), true = may attend, or 0 x 0 for no mask: the layer adds no causal mask
/// cross_mask  (n_target x n_source), true = may attend, or 0 x 0 for no mask
/// returns     (n_target x d_model)
/// throws      std::invalid_argument on shapes that do not fit
///                                                           Vaswani et al. 2017, section 3.1
Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask);

/// Weights of a decoder.
struct DecoderWeights {
    std::vector<DecoderLayerWeights> layers;     ///< first to last; no layers is allowed
    std::optional<LayerNormWeights> final_norm;  ///< applied once, after the last layer, exactly when it is given
};

/// The decoder: each layer works on what the layer before it returned; all read the same memory, with the same masks.
///
/// tokens, memory, self_mask, cross_mask   as in decoder_layer
/// returns  (n_target x d_model); without layers and without final norm, the tokens
/// throws   std::invalid_argument on shapes that do not fit; without layers nobody reads memory and masks, and whether
///          they fit need not be checked                     Vaswani et al. 2017, section 3.1
Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask);

/// A whole Transformer: its weights, and the choices that were made for it.
struct TransformerModel {
    Matrix source_table;     ///< embeddings of the source (n_source_vocabulary x d_model)
    Matrix target_table;     ///< embeddings of the target (n_target_vocabulary x d_model)
    EncoderWeights encoder;  ///< reads the source
    DecoderWeights decoder;  ///< reads the target and the memory
    Linear output;           ///< from features to logits (d_model x n_target_vocabulary)
    NormOrder order;         ///< of encoder and decoder
    Activation activation;   ///< of encoder and decoder
    int padding;             ///< the id that only fills sequences up, in source and target
};

/// The scores of every possible next token, after each token of the target.
///
///   memory = encoder(embedded source)
///   logits = decoder(embedded target, memory) * W + b,  with W and b of the output layer
///
/// Row t depends on target[0] to target[t] and on the whole source. Nobody looks at padding, in the encoder, in the
/// target or from the target at the source. Logits are scores, not yet probabilities: no softmax.
///
/// source   at least one token; none may be refused
/// target   at least one token: what the decoder reads, so a start token and then what was said so far; none may be
///          refused
/// returns  (n_target x n_target_vocabulary)
/// throws   std::invalid_argument if an id has no row in its table, or if an input does not fit the weights that read
///          it; a target table with more or fewer rows than there are logits need not be refused
///                                                           Vaswani et al. 2017, section 3 and figure 1
Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model);

/// Says the answer token by token, each time the one with the highest score.
///
///   target        = start, generated[0], ..., generated[n - 1]
///   generated[n]  = the id of the largest number in the last row of transformer_logits(source, target, model)
///
/// Ties go to the lowest id. It ends with end_token or after max_tokens, whichever comes first.
///
/// source      at least one token
/// end_token   any number; one that is no id, as -1, is never generated
/// max_tokens  how many tokens may be generated, end_token included, start_token not; 0 gives none
/// returns     the generated ids: without start_token, with end_token if it was generated
/// throws      std::invalid_argument if max_tokens is negative, or as transformer_logits does; if it is 0, nothing is
///             read, and nothing else need be checked: a loop that never runs is right, a check before it, too
TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens);

}  // namespace transformer

#endif
