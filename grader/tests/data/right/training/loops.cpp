// A right solution in plain loops, and with the gradient of a batch gathered by hand.
#include "training.hpp"

#include <cmath>
#include <stdexcept>

#include "attention.hpp"

namespace training {

namespace {

void need(bool condition) {
    if (!condition) throw std::invalid_argument("arguments that do not fit");
}

bool alike(const Matrix& one, const Matrix& other) { return one.rows() == other.rows() && one.cols() == other.cols(); }

}  // namespace

Scalar global_norm(const std::vector<Matrix>& gradients) {
    Scalar sum = 0;
    for (const Matrix& gradient : gradients) {
        for (Index i = 0; i < gradient.rows(); ++i) {
            for (Index j = 0; j < gradient.cols(); ++j) sum += gradient(i, j) * gradient(i, j);
        }
    }
    return std::sqrt(sum);
}

std::vector<Matrix> clip_gradients(const std::vector<Matrix>& gradients, Scalar max_norm) {
    need(max_norm > 0);
    const Scalar factor = max_norm / (global_norm(gradients) + Scalar(1e-6));
    if (factor >= 1) return gradients;
    std::vector<Matrix> clipped;
    for (const Matrix& gradient : gradients) clipped.push_back(factor * gradient);
    return clipped;
}

AdamState adam_start(const std::vector<Matrix>& parameters) {
    AdamState state;
    state.steps = 0;
    for (const Matrix& parameter : parameters) {
        state.first.push_back(Matrix::Zero(parameter.rows(), parameter.cols()));
        state.second.push_back(Matrix::Zero(parameter.rows(), parameter.cols()));
    }
    return state;
}

AdamStep adam_step(const std::vector<Matrix>& parameters, const std::vector<Matrix>& gradients, const AdamState& state,
                   Scalar rate, const AdamSettings& settings) {
    need(gradients.size() == parameters.size());
    need(state.first.size() == parameters.size());
    need(state.second.size() == parameters.size());
    need(state.steps >= 0 && settings.epsilon > 0);
    need(settings.beta1 >= 0 && settings.beta1 < 1 && settings.beta2 >= 0 && settings.beta2 < 1);
    AdamStep result{parameters, state};
    result.state.steps = state.steps + 1;
    const auto power = static_cast<Scalar>(result.state.steps);
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        need(alike(gradients[k], parameters[k]));
        need(alike(state.first[k], parameters[k]));
        need(alike(state.second[k], parameters[k]));
        for (Index i = 0; i < parameters[k].size(); ++i) {
            const Scalar g = gradients[k].data()[i];
            Scalar& m = result.state.first[k].data()[i];
            Scalar& v = result.state.second[k].data()[i];
            m += (1 - settings.beta1) * (g - m);
            v += (1 - settings.beta2) * (g * g - v);
            const Scalar m_hat = m / (1 - std::pow(settings.beta1, power));
            const Scalar v_hat = v / (1 - std::pow(settings.beta2, power));
            result.parameters[k].data()[i] -= rate * m_hat / (std::sqrt(v_hat) + settings.epsilon);
        }
    }
    return result;
}

Scalar noam_rate(Index step, Index d_model, Index warmup) {
    need(step > 0);
    need(d_model > 0);
    need(warmup > 0);
    const Scalar width = std::pow(static_cast<Scalar>(d_model), Scalar(-0.5));
    if (step < warmup) return width * static_cast<Scalar>(step) * std::pow(static_cast<Scalar>(warmup), Scalar(-1.5));
    return width * std::pow(static_cast<Scalar>(step), Scalar(-0.5));
}

Matrix dropout(const Matrix& input, const Mask& kept, Scalar rate) {
    need(rate >= 0 && rate < 1);
    if (kept.rows() == 0 && kept.cols() == 0) return input;
    need(kept.rows() == input.rows() && kept.cols() == input.cols());
    Matrix output(input.rows(), input.cols());
    for (Index i = 0; i < input.rows(); ++i) {
        for (Index j = 0; j < input.cols(); ++j) output(i, j) = kept(i, j) ? input(i, j) / (1 - rate) : 0;
    }
    return output;
}

Matrix dropout_backward(const Matrix& upstream, const Mask& kept, Scalar rate) {
    need(rate >= 0 && rate < 1);
    if (kept.rows() == 0 && kept.cols() == 0) return upstream;
    need(kept.rows() == upstream.rows() && kept.cols() == upstream.cols());
    Matrix back = Matrix::Zero(upstream.rows(), upstream.cols());
    for (Index i = 0; i < upstream.rows(); ++i) {
        for (Index j = 0; j < upstream.cols(); ++j) {
            if (kept(i, j)) back(i, j) = upstream(i, j) * (1 / (1 - rate));
        }
    }
    return back;
}

FeedForwardGradients feed_forward_backward(const Matrix& input, const FeedForwardWeights& weights,
                                           const Matrix& upstream) {
    const Matrix before = multi_head_attention::linear(input, weights.inner);
    Matrix after = before;
    for (Index i = 0; i < after.size(); ++i) after.data()[i] = std::max(after.data()[i], Scalar{0});
    const auto outer = backpropagation::linear_backward(after, weights.outer, upstream);
    Matrix hidden = outer.input;
    for (Index i = 0; i < hidden.size(); ++i) {
        if (!(before.data()[i] > 0)) hidden.data()[i] = 0;
    }
    const auto inner = backpropagation::linear_backward(input, weights.inner, hidden);
    return {inner.input, {inner.layer, outer.layer}};
}

EncoderLayerGradients encoder_layer_backward(const Matrix& tokens, const EncoderLayerWeights& weights,
                                             const Matrix& upstream) {
    const Matrix sum1 =
        multi_head_attention::multi_head_attention(tokens, tokens, weights.attention, Mask()).output + tokens;
    const Matrix h = encoder::layer_norm(sum1, weights.attention_norm);
    const Matrix sum2 = encoder::feed_forward(h, weights.feed_forward, encoder::Activation::relu) + h;
    need(weights.feed_forward_norm.bias.size() == tokens.cols());
    EncoderLayerGradients back;
    const auto norm2 = backpropagation::layer_norm_backward(sum2, weights.feed_forward_norm.gain,
                                                            weights.feed_forward_norm.epsilon, upstream);
    const auto ff = feed_forward_backward(h, weights.feed_forward, norm2.input);
    const Matrix of_h = norm2.input + ff.input;
    const auto norm1 =
        backpropagation::layer_norm_backward(sum1, weights.attention_norm.gain, weights.attention_norm.epsilon, of_h);
    const auto attention =
        backpropagation::multi_head_attention_backward(tokens, tokens, weights.attention, Mask(), norm1.input);
    back.tokens = norm1.input;
    back.tokens += attention.tokens;
    back.tokens += attention.memory;
    back.weights = weights;
    back.weights.attention = attention.weights;
    back.weights.feed_forward = ff.weights;
    back.weights.attention_norm.gain = norm1.gain;
    back.weights.attention_norm.bias = norm1.bias;
    back.weights.feed_forward_norm.gain = norm2.gain;
    back.weights.feed_forward_norm.bias = norm2.bias;
    return back;
}

DecoderLayerGradients decoder_layer_backward(const Matrix& tokens, const Matrix& memory,
                                             const DecoderLayerWeights& weights, const Matrix& upstream) {
    const Index n = tokens.rows();
    Mask past = Mask::Constant(n, n, false);
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j <= i; ++j) past(i, j) = true;
    }
    const Matrix sum1 =
        multi_head_attention::multi_head_attention(tokens, tokens, weights.self_attention, past).output + tokens;
    const Matrix a = encoder::layer_norm(sum1, weights.self_norm);
    const Matrix sum2 =
        multi_head_attention::multi_head_attention(a, memory, weights.cross_attention, Mask()).output + a;
    const Matrix b = encoder::layer_norm(sum2, weights.cross_norm);
    const Matrix sum3 = encoder::feed_forward(b, weights.feed_forward, encoder::Activation::relu) + b;
    need(weights.feed_forward_norm.bias.size() == tokens.cols());
    const auto norm3 = backpropagation::layer_norm_backward(sum3, weights.feed_forward_norm.gain,
                                                            weights.feed_forward_norm.epsilon, upstream);
    const auto ff = feed_forward_backward(b, weights.feed_forward, norm3.input);
    const auto norm2 = backpropagation::layer_norm_backward(sum2, weights.cross_norm.gain, weights.cross_norm.epsilon,
                                                            ff.input + norm3.input);
    const auto cross =
        backpropagation::multi_head_attention_backward(a, memory, weights.cross_attention, Mask(), norm2.input);
    const auto norm1 = backpropagation::layer_norm_backward(sum1, weights.self_norm.gain, weights.self_norm.epsilon,
                                                            cross.tokens + norm2.input);
    const auto own =
        backpropagation::multi_head_attention_backward(tokens, tokens, weights.self_attention, past, norm1.input);
    DecoderLayerGradients back{own.memory + own.tokens + norm1.input, cross.memory, weights};
    back.weights.self_attention = own.weights;
    back.weights.cross_attention = cross.weights;
    back.weights.feed_forward = ff.weights;
    back.weights.self_norm.gain = norm1.gain, back.weights.self_norm.bias = norm1.bias;
    back.weights.cross_norm.gain = norm2.gain, back.weights.cross_norm.bias = norm2.bias;
    back.weights.feed_forward_norm.gain = norm3.gain, back.weights.feed_forward_norm.bias = norm3.bias;
    return back;
}

Matrix logits(const Model& model, const Sentence& sentence, Scalar drop_rate) {
    need(!sentence.source.empty());
    need(!sentence.target.empty());
    TokenIds read;
    read.push_back(begin_token);
    for (std::size_t i = 0; i + 1 < sentence.target.size(); ++i) read.push_back(sentence.target[i]);
    const auto n = static_cast<Index>(read.size());
    const Matrix source =
        dropout(transformer::embed_tokens(sentence.source, model.source_table), sentence.source_kept, drop_rate);
    const Matrix target = dropout(transformer::embed_tokens(read, model.target_table), sentence.target_kept, drop_rate);
    const Matrix memory =
        encoder::encoder_layer(source, model.encoder, encoder::NormOrder::post, encoder::Activation::relu, Mask());
    const Matrix features = transformer::decoder_layer(target, memory, model.decoder, encoder::NormOrder::post,
                                                       encoder::Activation::relu, attention::causal_mask(n, n), Mask());
    return multi_head_attention::linear(features, model.output);
}

LossAndGradient loss_and_gradient(const Model& model, const std::vector<Sentence>& batch, Scalar smoothing,
                                  Scalar drop_rate) {
    need(!batch.empty());
    Scalar all = 0;
    for (const Sentence& sentence : batch) all += static_cast<Scalar>(sentence.target.size());
    std::vector<Matrix> total = adam_start(parameters(model)).first;
    Scalar loss = 0;
    for (const Sentence& sentence : batch) {
        const Matrix scores = logits(model, sentence, drop_rate);  // checks the sentence
        TokenIds read{begin_token};
        read.insert(read.end(), sentence.target.begin(), sentence.target.end() - 1);
        const auto n = static_cast<Index>(read.size());
        const Matrix source =
            dropout(transformer::embed_tokens(sentence.source, model.source_table), sentence.source_kept, drop_rate);
        const Matrix target =
            dropout(transformer::embed_tokens(read, model.target_table), sentence.target_kept, drop_rate);
        const Matrix memory =
            encoder::encoder_layer(source, model.encoder, encoder::NormOrder::post, encoder::Activation::relu, Mask());
        const Matrix features =
            transformer::decoder_layer(target, memory, model.decoder, encoder::NormOrder::post,
                                       encoder::Activation::relu, attention::causal_mask(n, n), Mask());
        const auto cost = backpropagation::cross_entropy(scores, sentence.target, smoothing);
        const Scalar weight = static_cast<Scalar>(n) / all;
        loss += cost.loss * weight;
        const auto last = backpropagation::linear_backward(features, model.output, cost.gradient * weight);
        const auto decoder = decoder_layer_backward(target, memory, model.decoder, last.input);
        const auto encoder = encoder_layer_backward(source, model.encoder, decoder.memory);
        Model gradient = model;
        gradient.encoder = encoder.weights;
        gradient.decoder = decoder.weights;
        gradient.output = last.layer;
        const Scalar scale = std::sqrt(static_cast<Scalar>(model.target_table.cols()));
        gradient.source_table = backpropagation::embedding_backward(
            sentence.source, model.source_table.rows(),
            scale * dropout_backward(encoder.tokens, sentence.source_kept, drop_rate));
        gradient.target_table = backpropagation::embedding_backward(
            read, model.target_table.rows(), scale * dropout_backward(decoder.tokens, sentence.target_kept, drop_rate));
        const std::vector<Matrix> list = parameters(gradient);
        for (std::size_t i = 0; i < list.size(); ++i) total[i] += list[i];
    }
    return {loss, with_parameters(model, total)};
}

TrainingStep training_step(const Model& model, const AdamState& state, const std::vector<Sentence>& batch,
                           const TrainingSettings& settings) {
    const LossAndGradient now = loss_and_gradient(model, batch, settings.smoothing, settings.drop_rate);
    const Scalar rate = noam_rate(state.steps + 1, model.source_table.cols(), settings.warmup);
    const AdamStep adam = adam_step(parameters(model), clip_gradients(parameters(now.gradient), settings.max_norm),
                                    state, rate, settings.adam);
    TrainingStep result;
    result.model = with_parameters(model, adam.parameters);
    result.state = adam.state;
    result.loss = now.loss;
    return result;
}

}  // namespace training
