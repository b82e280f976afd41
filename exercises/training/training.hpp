// Training a small encoder-decoder: the optimiser, its schedule, dropout, and one step from a batch of sentences to
// better weights. You write these functions in training.cpp. Everywhere: rows are tokens, columns are features; a
// gradient has the shape of what it belongs to. What does not fit is answered with std::invalid_argument. All numbers
// are finite, and so are the sums of their squares. The layers are those of Vaswani et al. 2017: the norm after each
// residual sum (NormOrder::post), relu, no padding. Left to you: what layers without tokens or without features give;
// an empty mask that does not fit (3 x 0 beside 5 tokens) is no mask, or refused.
#ifndef QKV_TRAINING_HPP
#define QKV_TRAINING_HPP

#include <vector>

#include "backpropagation.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"
#include "transformer.hpp"

namespace training {

using encoder::EncoderLayerWeights;
using encoder::FeedForwardWeights;
using encoder::LayerNormWeights;
using multi_head_attention::Linear;
using multi_head_attention::MultiHeadWeights;
using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;
using transformer::DecoderLayerWeights;

/// The length of all gradients together, as if they were one long row.
///
///   norm = sqrt(sum over all matrices and all their elements of element^2)
///
/// gradients  any number of matrices of any shapes; none gives 0
Scalar global_norm(const std::vector<Matrix>& gradients);

/// Makes gradients that are too long shorter: all by the same factor, so that their direction stays.
///
///   factor = min(1, max_norm / (global norm + 1e-6))
///   clipped = factor * gradients
///
/// The 1e-6 is that of torch.nn.utils.clip_grad_norm_, so gradients as long as max_norm lose a millionth.
///
/// gradients  any number of matrices of any shapes
/// max_norm   greater than 0
/// returns    matrices of the same shapes
/// throws     std::invalid_argument if max_norm is not greater than 0
///                                                           Pascanu et al. 2013, algorithm 1
std::vector<Matrix> clip_gradients(const std::vector<Matrix>& gradients, Scalar max_norm);

/// How fast Adam forgets, and what keeps it from dividing by 0.
struct AdamSettings {
    Scalar beta1;    ///< of the mean of the gradients: from 0 to below 1
    Scalar beta2;    ///< of the mean of their squares: from 0 to below 1
    Scalar epsilon;  ///< greater than 0
};

/// What Adam remembers between two steps.
struct AdamState {
    Index steps;                 ///< steps made so far: 0 before the first
    std::vector<Matrix> first;   ///< m: running means of the gradients, one for each parameter
    std::vector<Matrix> second;  ///< v: running means of their squares, never below 0
};

/// What comes of one step.
struct AdamStep {
    std::vector<Matrix> parameters;
    AdamState state;
};

/// The state before the first step: no steps, and zeros of the parameters' shapes.
AdamState adam_start(const std::vector<Matrix>& parameters);

/// One step of Adam. t is the number of this step: state.steps + 1. For each element by itself:
///
///   m_t = beta1 * m_(t-1) + (1 - beta1) * gradient
///   v_t = beta2 * v_(t-1) + (1 - beta2) * gradient^2
///   m^  = m_t / (1 - beta1^t)
///   v^  = v_t / (1 - beta2^t)
///   parameter_t = parameter_(t-1) - rate * m^ / (sqrt(v^) + epsilon)
///
/// The state keeps m_t and v_t as they are, without the correction.
///
/// parameters  any number of matrices of any shapes
/// gradients   one for each parameter, of its shape
/// state       as adam_start or the last step returned it; first and second have the parameters' shapes
/// rate        the learning rate of this step
/// throws      std::invalid_argument if lists or shapes differ, if steps is negative, if a beta is not from 0 to below
///             1, or if epsilon is not greater than 0
///                                                           Kingma and Ba 2015, algorithm 1
AdamStep adam_step(const std::vector<Matrix>& parameters, const std::vector<Matrix>& gradients, const AdamState& state,
                   Scalar rate, const AdamSettings& settings);

/// The learning rate of a step: it grows in a straight line for `warmup` steps, then falls with the root of the step.
///
///   rate = d_model^(-1/2) * min(step^(-1/2), step * warmup^(-3/2))
///
/// step     counts from 1
/// returns  the rate; at step = warmup both sides of the minimum are equal
/// throws   std::invalid_argument if step, d_model or warmup is less than 1
///                                                           Vaswani et al. 2017, equation 3
Scalar noam_rate(Index step, Index d_model, Index warmup);

/// Dropout with given places: what is not kept becomes 0, what is kept grows, so that the sum is expected to stay.
///
///   output(i, j) = input(i, j) / (1 - rate) if kept(i, j), else 0
///
/// input    any shape
/// kept     of the same shape, true = kept; or 0 x 0: nothing is dropped and nothing scaled, as after training
/// rate     the probability with which places were dropped: from 0 to below 1
/// returns  the shape of input
/// throws   std::invalid_argument if kept is neither 0 x 0 nor of the input's shape, or if rate is not from 0 to below
///          1, whatever kept is                              Srivastava et al. 2014, section 10
Matrix dropout(const Matrix& input, const Mask& kept, Scalar rate);

/// Back through dropout. `upstream` is the gradient with respect to what dropout returned.
///
/// upstream  (the shape of input)
/// kept      the same as in the forward
/// rate      the same as in the forward
/// returns   the gradient with respect to the input
/// throws    as dropout
Matrix dropout_backward(const Matrix& upstream, const Mask& kept, Scalar rate);

/// Gradients of a feed-forward network.
struct FeedForwardGradients {
    Matrix input;                ///< (n_tokens x d_model)
    FeedForwardWeights weights;  ///< of its two linear layers
};

/// Back through the feed-forward network, output = relu(input * W_1 + b_1) * W_2 + b_2.
///
/// Where the number before relu is below 0, nothing comes back; where it is exactly 0, nothing either.
///
/// input     (n_tokens x d_model), as the network read it; what is needed of the forward is computed anew
/// upstream  (n_tokens x d_model)
/// throws    std::invalid_argument on shapes that do not fit
///                                                           Vaswani et al. 2017, equation 2
FeedForwardGradients feed_forward_backward(const Matrix& input, const FeedForwardWeights& weights,
                                           const Matrix& upstream);

/// Gradients of an encoder layer. Of the weights, n_heads and both epsilons are not trained: they are those of the
/// call.
struct EncoderLayerGradients {
    Matrix tokens;  ///< (n_tokens x d_model)
    EncoderLayerWeights weights;
};

/// Back through an encoder layer without mask, in which A is the self-attention, F the feed-forward network, N_A and
/// N_F their norms:
///
///   h = N_A(x + A(x))      output = N_F(h + F(h))
///
/// tokens    x (n_tokens x d_model), as the layer read it; what is needed of the forward is computed anew
/// upstream  (n_tokens x d_model)
/// throws    std::invalid_argument on shapes that do not fit, that of the last bias included, which no gradient needs
///                                                           Vaswani et al. 2017, section 3.1
EncoderLayerGradients encoder_layer_backward(const Matrix& tokens, const EncoderLayerWeights& weights,
                                             const Matrix& upstream);

/// Gradients of a decoder layer. Of the weights, n_heads and the epsilons are those of the call.
struct DecoderLayerGradients {
    Matrix tokens;  ///< (n_target x d_model)
    Matrix memory;  ///< (n_source x d_memory)
    DecoderLayerWeights weights;
};

/// Back through a decoder layer. S is the self-attention, in which target token i sees tokens 0 to i; C the attention
/// to the memory, without mask; F the feed-forward network:
///
///   a = N_S(x + S(x))     b = N_C(a + C(a))     output = N_F(b + F(b))
///
/// tokens    x (n_target x d_model), as the layer read it; what is needed of the forward is computed anew
/// memory    (n_source x d_memory)
/// upstream  (n_target x d_model)
/// throws    std::invalid_argument on shapes that do not fit, that of the last bias included, which no gradient needs
///                                                           Vaswani et al. 2017, section 3.1
DecoderLayerGradients decoder_layer_backward(const Matrix& tokens, const Matrix& memory,
                                             const DecoderLayerWeights& weights, const Matrix& upstream);

/// An encoder-decoder of one layer each. A gradient is a Model, too.
struct Model {
    Matrix source_table;          ///< (n_source_vocabulary x d_model)
    Matrix target_table;          ///< (n_target_vocabulary x d_model)
    EncoderLayerWeights encoder;  ///< reads the source
    DecoderLayerWeights decoder;  ///< reads the target and what the encoder made of the source
    Linear output;                ///< (d_model x n_target_vocabulary)
};

/// The id that the decoder reads before the first token of the target.
inline constexpr int begin_token = 0;

/// What is to be learned: when the model reads the source, it is to say the target.
struct Sentence {
    TokenIds source;   ///< at least one token
    TokenIds target;   ///< what is due, token by token, without begin_token; at least one token
    Mask source_kept;  ///< dropout of the embedded source (n_source x d_model), or 0 x 0
    Mask target_kept;  ///< dropout of the embedded target (n_target x d_model), or 0 x 0
};

/// What the model says to a sentence while it is trained: the decoder does not read its own answers but those that are
/// due, one place later, so that row i is said after tokens 0 to i - 1 of the target.
///
///   read    = begin_token, target[0], ..., target[n_target - 2]
///   memory  = encoder layer(dropout(embedded source))
///   logits  = decoder layer(dropout(embedded read), memory) * W + b,  with W and b of the output layer
///
/// Embedded means transformer::embed_tokens: scaled and with positions. The decoder layer is as in
/// decoder_layer_backward: token i sees 0 to i.
///
/// returns  (n_target x n_target_vocabulary)
/// throws   std::invalid_argument on shapes that do not fit, if source or target is empty, if an id that is read has no
///          row in its table, or if drop_rate is not from 0 to below 1
///          Left to you: tables that differ in width, or a target table with more or fewer rows than the output has
///          columns, are used or refused; so is a last target token, which is not read, without a row in the table
///                                                           Vaswani et al. 2017, sections 3.1 and 5.4
Matrix logits(const Model& model, const Sentence& sentence, Scalar drop_rate);

/// What a batch costs, and how to change the model.
struct LossAndGradient {
    Scalar loss;
    Model gradient;  ///< of everything that is trained; n_heads and epsilons are those of the model
};

/// The loss of a batch, and its gradient.
///
///   loss = sum over all target tokens of all sentences of their cross-entropy / number of these tokens
///
/// Each token counts alike, so a long sentence counts more than a short one. The cross-entropy is that of
/// backpropagation.hpp, with label smoothing.
///
/// batch      at least one sentence
/// smoothing  from 0 to 1
/// drop_rate  from 0 to below 1
/// throws     std::invalid_argument if the batch is empty, if a target token is no class, if smoothing or drop_rate is
///            out of range, and where logits does         Vaswani et al. 2017, section 5.4
LossAndGradient loss_and_gradient(const Model& model, const std::vector<Sentence>& batch, Scalar smoothing,
                                  Scalar drop_rate);

/// How a model is trained.
struct TrainingSettings {
    Scalar smoothing;  ///< of the labels
    Scalar drop_rate;  ///< of the dropout
    Scalar max_norm;   ///< for clip_gradients
    Index warmup;      ///< for noam_rate
    AdamSettings adam;
};

/// What comes of one training step.
struct TrainingStep {
    Model model;      ///< after the step
    AdamState state;  ///< for the next step
    Scalar loss;      ///< of the batch, before the step
};

/// One training step: the loss and its gradient, clipped by its global norm, and a step of Adam at the rate of the
/// schedule. The step's number t is state.steps + 1; d_model is the width of the target's table.
///
/// state    as adam_start(parameters(model)) or the last step returned it
/// throws   std::invalid_argument where any of its parts does
TrainingStep training_step(const Model& model, const AdamState& state, const std::vector<Sentence>& batch,
                           const TrainingSettings& settings);

// ------------------------------------------------------------------------------------------------------- given to you

/// Calls visit(numbers) for each matrix and each row that is trained, in the order of the fields.
template <class AnyModel, class Visit>
void each_parameter(AnyModel& model, const Visit& visit) {
    const auto linear = [&](auto& layer) { visit(layer.weight), visit(layer.bias); };
    const auto norm = [&](auto& weights) { visit(weights.gain), visit(weights.bias); };
    const auto attention = [&](auto& weights) {
        linear(weights.query), linear(weights.key), linear(weights.value), linear(weights.output);
    };
    const auto feed_forward = [&](auto& weights) { linear(weights.inner), linear(weights.outer); };
    visit(model.source_table), visit(model.target_table);
    attention(model.encoder.attention), feed_forward(model.encoder.feed_forward);
    norm(model.encoder.attention_norm), norm(model.encoder.feed_forward_norm);
    attention(model.decoder.self_attention), attention(model.decoder.cross_attention);
    feed_forward(model.decoder.feed_forward);
    norm(model.decoder.self_norm), norm(model.decoder.cross_norm), norm(model.decoder.feed_forward_norm);
    linear(model.output);
}

/// Everything of a model that is trained: 46 matrices, rows as matrices of one row. Of a gradient, too.
inline std::vector<Matrix> parameters(const Model& model) {
    std::vector<Matrix> list;
    each_parameter(model, [&](const auto& numbers) { list.emplace_back(numbers); });
    return list;
}

/// The model with other numbers: `list` as parameters(model) returns it.
inline Model with_parameters(Model model, const std::vector<Matrix>& list) {
    std::size_t i = 0;
    each_parameter(model, [&](auto& numbers) { numbers = list.at(i++); });
    return model;
}

}  // namespace training

#endif
