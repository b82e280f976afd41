// The Transformer encoder: layer normalisation, the feed-forward network, one layer, the stack of layers.
// You write these functions in encoder.cpp. Everywhere: rows are tokens, columns are features. A shape that
// does not fit its neighbours is answered with std::invalid_argument, also where there are no tokens (0 rows).
// Left to you: encoder_layer and encode without tokens return none or refuse the call, whatever else it holds; so does
// layer_norm without features; an empty mask that does not fit (3 x 0 beside 5 tokens) is no mask, or refused.
#ifndef QKV_ENCODER_HPP
#define QKV_ENCODER_HPP

#include <optional>
#include <vector>

#include "multi_head_attention.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace encoder {

using multi_head_attention::Linear;
using multi_head_attention::MultiHeadWeights;
using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;

/// Weights of a layer normalisation.
struct LayerNormWeights {
    RowVector gain;  ///< gamma (d_model)
    RowVector bias;  ///< beta (d_model)
    Scalar epsilon;  ///< greater than 0; keeps a row of equal numbers from being 0 / 0
};

/// Layer normalisation: brings each row to mean 0 and variance 1, then scales and shifts each feature.
///
///   mean(i)      = sum over j of input(i, j) / d_model
///   variance(i)  = sum over j of (input(i, j) - mean(i))^2 / d_model
///   output(i, j) = gain(j) * (input(i, j) - mean(i)) / sqrt(variance(i) + epsilon) + bias(j)
///
/// input    (n_tokens x d_model), numbers of any size whose squares, summed up, are still finite
/// returns  (n_tokens x d_model); a row of equal numbers gives the bias
/// throws   std::invalid_argument if gain or bias is not as wide as input
///                                                           Ba et al. 2016, section 3
Matrix layer_norm(const Matrix& input, const LayerNormWeights& weights);

/// The function between the two linear maps of a feed-forward network.
enum class Activation { relu, gelu };

/// Applies the activation to each number by itself.
///
///   relu(x) = max(0, x)
///   gelu(x) = x * Phi(x) = x / 2 * (1 + erf(x / sqrt(2))),     Phi: distribution function of the normal
///
/// gelu is the exact form, not its approximation by tanh or by the logistic sigmoid.
///
/// input    any shape, also without rows or columns; the output has the same
///                                                           Hendrycks and Gimpel 2016, section 2
Matrix activate(const Matrix& input, Activation activation);

/// Weights of a feed-forward network.
struct FeedForwardWeights {
    Linear inner;  ///< W_1 (d_model x d_ff) and b_1 (d_ff)
    Linear outer;  ///< W_2 (d_ff x d_model) and b_2 (d_model)
};

/// The position-wise feed-forward network: the same two linear maps for every token, an activation between.
///
///   output = activation(input * W_1 + b_1) * W_2 + b_2
///
/// input    (n_tokens x d_model)
/// returns  (n_tokens x d_model)
/// throws   std::invalid_argument on shapes that do not fit  Vaswani et al. 2017, equation 2
Matrix feed_forward(const Matrix& input, const FeedForwardWeights& weights, Activation activation);

/// Where the layer normalisation stands: after each residual sum, or before each sublayer.
enum class NormOrder { post, pre };

/// Weights of one encoder layer.
struct EncoderLayerWeights {
    MultiHeadWeights attention;
    FeedForwardWeights feed_forward;
    LayerNormWeights attention_norm;     ///< belongs to the attention sublayer
    LayerNormWeights feed_forward_norm;  ///< belongs to the feed-forward sublayer
};

/// One encoder layer: tokens look at each other, then each is worked on by itself. With A the multi-head
/// self-attention, F the feed-forward network, N_A and N_F their norms:
///
///   post:  h = N_A(x + A(x))      output = N_F(h + F(h))    Vaswani et al. 2017, section 3.1
///   pre:   h = x + A(N_A(x))      output = h + F(N_F(h))    Xiong et al. 2020, table 1
///
/// tokens   x (n_tokens x d_model)
/// mask     (n_tokens x n_tokens), true = may attend, or 0 x 0 for no mask
/// returns  (n_tokens x d_model)
/// throws   std::invalid_argument on shapes that do not fit
Matrix encoder_layer(const Matrix& tokens, const EncoderLayerWeights& weights, NormOrder order, Activation activation,
                     const Mask& mask);

/// Weights of an encoder.
struct EncoderWeights {
    std::vector<EncoderLayerWeights> layers;     ///< first to last; no layers is allowed
    std::optional<LayerNormWeights> final_norm;  ///< applied once, after the last layer, exactly when it is given
};

/// The encoder: each layer works on what the layer before it returned, all with the same mask.
///
/// tokens   (n_tokens x d_model), positions already added
/// mask     (n_tokens x n_tokens), true = may attend, or 0 x 0 for no mask
/// returns  (n_tokens x d_model); without layers and without final norm, the tokens
/// throws   std::invalid_argument on shapes that do not fit; without layers nobody reads the mask, so a wrong one
///          is then refused or ignored                       Vaswani et al. 2017, section 3.1
///
/// The norm at the end belongs to the pre-norm order (Xiong et al. 2020); the paper of 2017 has none.
Matrix encode(const Matrix& tokens, const EncoderWeights& weights, NormOrder order, Activation activation,
              const Mask& mask);

}  // namespace encoder

#endif
