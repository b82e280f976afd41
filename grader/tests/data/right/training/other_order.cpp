// A right solution that sums in long double, and adds up in another order.
#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "attention.hpp"

namespace training {

using backpropagation::CrossEntropy;
using backpropagation::LayerNormGradients;
using backpropagation::LinearGradients;
using backpropagation::MultiHeadGradients;
using encoder::Activation;
using encoder::feed_forward;
using encoder::layer_norm;
using encoder::NormOrder;
using multi_head_attention::linear;
using multi_head_attention::multi_head_attention;

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

/// Refuses lists that differ in length, or in the shape of an element.
void require_like(const std::vector<Matrix>& list, const std::vector<Matrix>& parameters, const std::string& what) {
    require(list.size() == parameters.size(),
            std::to_string(list.size()) + " " + what + " for " + std::to_string(parameters.size()) + " parameters");
    for (std::size_t i = 0; i < list.size(); ++i) {
        require(list[i].rows() == parameters[i].rows() && list[i].cols() == parameters[i].cols(),
                "number " + std::to_string(i) + " of the " + what + " has not the shape of its parameter");
    }
}

void require_from_0_to_below_1(Scalar number, const std::string& what) {
    require(number >= 0 && number < 1, what + " must be from 0 to below 1, it is " + std::to_string(number));
}

LayerNormGradients layer_norm_backward(const Matrix& input, const LayerNormWeights& weights, const Matrix& upstream) {
    require(weights.bias.cols() == input.cols(), "a norm's bias is not as wide as its tokens");
    return backpropagation::layer_norm_backward(input, weights.gain, weights.epsilon, upstream);
}

}  // namespace

Scalar global_norm(const std::vector<Matrix>& gradients) {
    long double sum = 0;
    for (auto gradient = gradients.rbegin(); gradient != gradients.rend(); ++gradient) {
        for (Index i = 0; i < gradient->size(); ++i) {
            const long double number = gradient->data()[i];
            sum += number * number;
        }
    }
    return static_cast<Scalar>(std::sqrt(sum));
}

std::vector<Matrix> clip_gradients(const std::vector<Matrix>& gradients, Scalar max_norm) {
    require(max_norm > 0, "the largest norm must be greater than 0, it is " + std::to_string(max_norm));
    const Scalar factor = std::min(Scalar{1}, max_norm / (global_norm(gradients) + Scalar{1e-6}));
    std::vector<Matrix> clipped = gradients;
    for (Matrix& gradient : clipped) gradient *= factor;
    return clipped;
}

AdamState adam_start(const std::vector<Matrix>& parameters) {
    std::vector<Matrix> zeros = parameters;
    for (Matrix& each : zeros) each.setZero();
    return {0, zeros, zeros};
}

AdamStep adam_step(const std::vector<Matrix>& parameters, const std::vector<Matrix>& gradients, const AdamState& state,
                   Scalar rate, const AdamSettings& settings) {
    const auto [beta1, beta2, epsilon] = settings;
    require_like(gradients, parameters, "gradients");
    require_like(state.first, parameters, "means");
    require_like(state.second, parameters, "means of squares");
    require(state.steps >= 0, "there cannot have been " + std::to_string(state.steps) + " steps");
    require_from_0_to_below_1(beta1, "beta1");
    require_from_0_to_below_1(beta2, "beta2");
    require(epsilon > 0, "epsilon must be greater than 0, it is " + std::to_string(epsilon));
    AdamStep after{parameters, state};
    const auto t = static_cast<Scalar>(++after.state.steps);
    const Scalar correction1 = 1 - std::pow(beta1, t), correction2 = 1 - std::pow(beta2, t);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        Matrix &m = after.state.first[i], &v = after.state.second[i];
        m = gradients[i] + beta1 * (m - gradients[i]);
        v = gradients[i].cwiseAbs2() + beta2 * (v - gradients[i].cwiseAbs2());
        // As PyTorch computes it: the corrections are put into the rate and into the root.
        const Matrix divisors = (v.array().sqrt() / std::sqrt(correction2) + epsilon).matrix();
        after.parameters[i] -= (rate / correction1 * m).cwiseQuotient(divisors);
    }
    return after;
}

Scalar noam_rate(Index step, Index d_model, Index warmup) {
    require(step >= 1 && d_model >= 1 && warmup >= 1, "step, d_model and warmup must be at least 1");
    const auto t = static_cast<Scalar>(step), peak = static_cast<Scalar>(warmup);
    return std::min(std::sqrt(1 / (static_cast<Scalar>(d_model) * t)),
                    t / std::sqrt(static_cast<Scalar>(d_model) * peak * peak * peak));
}

Matrix dropout(const Matrix& input, const Mask& kept, Scalar rate) {
    require_from_0_to_below_1(rate, "the dropout rate");
    if (kept.rows() == 0 && kept.cols() == 0) return input;
    require(kept.rows() == input.rows() && kept.cols() == input.cols(), "there must be one place for each number");
    return input.cwiseProduct(kept.cast<Scalar>().matrix()) * (1 / (1 - rate));
}

Matrix dropout_backward(const Matrix& upstream, const Mask& kept, Scalar rate) {
    return dropout(upstream, kept, rate);  // each number is multiplied by a constant, so its gradient is, too
}

FeedForwardGradients feed_forward_backward(const Matrix& input, const FeedForwardWeights& weights,
                                           const Matrix& upstream) {
    const Matrix before = linear(input, weights.inner);  // n_tokens x d_ff
    const LinearGradients outer = backpropagation::linear_backward(before.cwiseMax(0), weights.outer, upstream);
    const Matrix passed = outer.input.cwiseProduct((before.array() > 0).cast<Scalar>().matrix());
    const LinearGradients inner = backpropagation::linear_backward(input, weights.inner, passed);
    return {inner.input, {inner.layer, outer.layer}};
}

EncoderLayerGradients encoder_layer_backward(const Matrix& tokens, const EncoderLayerWeights& weights,
                                             const Matrix& upstream) {
    // Forward: what each norm reads, and what stands between the sublayers.
    const Matrix attended = tokens + multi_head_attention(tokens, tokens, weights.attention, {}).output;
    const Matrix h = layer_norm(attended, weights.attention_norm);
    const Matrix transformed = h + feed_forward(h, weights.feed_forward, Activation::relu);
    // Backward: where x went two ways, two gradients come back and are added.
    const auto norm_f = layer_norm_backward(transformed, weights.feed_forward_norm, upstream);
    const FeedForwardGradients f = feed_forward_backward(h, weights.feed_forward, norm_f.input);
    const auto norm_a = layer_norm_backward(attended, weights.attention_norm, norm_f.input + f.input);
    const MultiHeadGradients a =
        backpropagation::multi_head_attention_backward(tokens, tokens, weights.attention, {}, norm_a.input);
    return {a.memory + norm_a.input + a.tokens,
            {a.weights,
             f.weights,
             {norm_a.gain, norm_a.bias, weights.attention_norm.epsilon},
             {norm_f.gain, norm_f.bias, weights.feed_forward_norm.epsilon}}};
}

DecoderLayerGradients decoder_layer_backward(const Matrix& tokens, const Matrix& memory,
                                             const DecoderLayerWeights& weights, const Matrix& upstream) {
    const Mask past = attention::causal_mask(tokens.rows(), tokens.rows());
    const Matrix looked = tokens + multi_head_attention(tokens, tokens, weights.self_attention, past).output;
    const Matrix a = layer_norm(looked, weights.self_norm);
    const Matrix consulted = a + multi_head_attention(a, memory, weights.cross_attention, {}).output;
    const Matrix b = layer_norm(consulted, weights.cross_norm);
    const Matrix transformed = b + feed_forward(b, weights.feed_forward, Activation::relu);

    const auto norm_f = layer_norm_backward(transformed, weights.feed_forward_norm, upstream);
    const FeedForwardGradients f = feed_forward_backward(b, weights.feed_forward, norm_f.input);
    const auto norm_c = layer_norm_backward(consulted, weights.cross_norm, norm_f.input + f.input);
    const MultiHeadGradients c =
        backpropagation::multi_head_attention_backward(a, memory, weights.cross_attention, {}, norm_c.input);
    const auto norm_s = layer_norm_backward(looked, weights.self_norm, norm_c.input + c.tokens);
    const MultiHeadGradients s =
        backpropagation::multi_head_attention_backward(tokens, tokens, weights.self_attention, past, norm_s.input);
    return {s.memory + s.tokens + norm_s.input,
            c.memory,
            {s.weights,
             c.weights,
             f.weights,
             {norm_s.gain, norm_s.bias, weights.self_norm.epsilon},
             {norm_c.gain, norm_c.bias, weights.cross_norm.epsilon},
             {norm_f.gain, norm_f.bias, weights.feed_forward_norm.epsilon}}};
}

namespace {

/// What the model computes on the way from a sentence to the logits.
struct Forward {
    TokenIds read;    ///< by the decoder: the target, one place later
    Matrix source;    ///< embedded, after dropout (n_source x d_model)
    Matrix memory;    ///< n_source x d_model
    Matrix target;    ///< embedded, after dropout (n_target x d_model)
    Matrix features;  ///< n_target x d_model
};

Forward forward(const Model& model, const Sentence& sentence, Scalar drop_rate) {
    require(!sentence.source.empty() && !sentence.target.empty(), "a sentence needs a source and a target");
    Forward done;
    done.read = {begin_token};
    done.read.insert(done.read.end(), sentence.target.begin(), sentence.target.end() - 1);
    const Mask past =
        attention::causal_mask(static_cast<Index>(done.read.size()), static_cast<Index>(done.read.size()));
    done.source =
        dropout(transformer::embed_tokens(sentence.source, model.source_table), sentence.source_kept, drop_rate);
    done.memory = encoder::encoder_layer(done.source, model.encoder, NormOrder::post, Activation::relu, {});
    done.target = dropout(transformer::embed_tokens(done.read, model.target_table), sentence.target_kept, drop_rate);
    done.features = transformer::decoder_layer(done.target, done.memory, model.decoder, NormOrder::post,
                                               Activation::relu, past, {});
    return done;
}

/// Of the table, from the gradient of what embed_tokens returned: positions are added, rows are scaled.
Matrix table_gradient(const TokenIds& ids, const Matrix& table, const Matrix& upstream) {
    return std::sqrt(static_cast<Scalar>(table.cols())) *
           backpropagation::embedding_backward(ids, table.rows(), upstream);
}

LossAndGradient of_sentence(const Model& model, const Sentence& sentence, Scalar smoothing, Scalar drop_rate) {
    const Forward done = forward(model, sentence, drop_rate);
    const CrossEntropy loss =
        backpropagation::cross_entropy(linear(done.features, model.output), sentence.target, smoothing);
    const LinearGradients output = backpropagation::linear_backward(done.features, model.output, loss.gradient);
    const DecoderLayerGradients decoder = decoder_layer_backward(done.target, done.memory, model.decoder, output.input);
    const EncoderLayerGradients encoder = encoder_layer_backward(done.source, model.encoder, decoder.memory);
    const Matrix of_source = dropout_backward(encoder.tokens, sentence.source_kept, drop_rate);
    const Matrix of_target = dropout_backward(decoder.tokens, sentence.target_kept, drop_rate);
    return {loss.loss,
            {table_gradient(sentence.source, model.source_table, of_source),
             table_gradient(done.read, model.target_table, of_target), encoder.weights, decoder.weights, output.layer}};
}

}  // namespace

Matrix logits(const Model& model, const Sentence& sentence, Scalar drop_rate) {
    return linear(forward(model, sentence, drop_rate).features, model.output);
}

LossAndGradient loss_and_gradient(const Model& model, const std::vector<Sentence>& batch, Scalar smoothing,
                                  Scalar drop_rate) {
    require(!batch.empty(), "a batch needs a sentence");
    std::size_t n_tokens = 0;
    for (const Sentence& sentence : batch) n_tokens += sentence.target.size();
    Scalar loss = 0;
    std::vector<Matrix> sums = parameters(model);
    for (Matrix& sum : sums) sum.setZero();
    for (const Sentence& sentence : batch) {
        const Scalar share = static_cast<Scalar>(sentence.target.size()) / static_cast<Scalar>(n_tokens);
        const LossAndGradient one = of_sentence(model, sentence, smoothing, drop_rate);
        const std::vector<Matrix> gradients = parameters(one.gradient);
        loss += share * one.loss;
        for (std::size_t i = sums.size(); i-- > 0;) sums[i] = share * gradients[i] + sums[i];
    }
    return {loss, with_parameters(model, sums)};
}

TrainingStep training_step(const Model& model, const AdamState& state, const std::vector<Sentence>& batch,
                           const TrainingSettings& settings) {
    const LossAndGradient found = loss_and_gradient(model, batch, settings.smoothing, settings.drop_rate);
    const std::vector<Matrix> clipped = clip_gradients(parameters(found.gradient), settings.max_norm);
    const Scalar rate = noam_rate(state.steps + 1, model.target_table.cols(), settings.warmup);
    const AdamStep after = adam_step(parameters(model), clipped, state, rate, settings.adam);
    return {with_parameters(model, after.parameters), after.state, found.loss};
}

}  // namespace training
