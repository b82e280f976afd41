// A right solution in which each layer returns its output and a closure that leads back, and in which the optimiser
// sees all parameters as one long row of long doubles.
#include "training.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>
#include <utility>

#include "attention.hpp"

namespace training {

namespace {

using Long = long double;
using Back = std::function<Matrix(const Matrix&)>;

/// What a layer says, and how a gradient of it becomes one of what it read.
struct Said {
    Matrix output;
    Back back;
};

void refuse(bool wrong) {
    if (wrong) throw std::invalid_argument("refused");
}

std::vector<Long> flat(const std::vector<Matrix>& list) {
    std::vector<Long> row;
    for (const Matrix& each : list) row.insert(row.end(), each.data(), each.data() + each.size());
    return row;
}

/// The numbers of a row, in the shapes of a list.
std::vector<Matrix> shaped(const std::vector<Long>& row, std::vector<Matrix> list) {
    auto next = row.begin();
    for (Matrix& each : list) {
        for (Index i = 0; i < each.size(); ++i) each.data()[i] = static_cast<Scalar>(*next++);
    }
    return list;
}

bool alike(const std::vector<Matrix>& one, const std::vector<Matrix>& other) {
    if (one.size() != other.size()) return false;
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (one[i].rows() != other[i].rows() || one[i].cols() != other[i].cols()) return false;
    }
    return true;
}

Said norm(const Matrix& input, const LayerNormWeights& weights, LayerNormWeights& gradient) {
    refuse(weights.gain.size() != input.cols() || weights.bias.size() != input.cols());
    return {encoder::layer_norm(input, weights), [=, &gradient](const Matrix& upstream) {
                auto found = backpropagation::layer_norm_backward(input, weights.gain, weights.epsilon, upstream);
                gradient = {found.gain, found.bias, weights.epsilon};
                return found.input;
            }};
}

Said feed(const Matrix& input, const FeedForwardWeights& weights, FeedForwardWeights& gradient) {
    const Matrix before = multi_head_attention::linear(input, weights.inner);
    const Matrix after = before.unaryExpr([](Scalar x) { return x > 0 ? x : Scalar{0}; });
    return {multi_head_attention::linear(after, weights.outer), [=, &gradient](const Matrix& upstream) {
                auto outer = backpropagation::linear_backward(after, weights.outer, upstream);
                for (Index i = 0; i < before.size(); ++i) {
                    if (!(before.data()[i] > 0)) outer.input.data()[i] = 0;
                }
                auto inner = backpropagation::linear_backward(input, weights.inner, outer.input);
                gradient = {inner.layer, outer.layer};
                return inner.input;
            }};
}

Said attend(const Matrix& tokens, const MultiHeadWeights& weights, const Mask& mask, MultiHeadWeights& gradient) {
    return {multi_head_attention::multi_head_attention(tokens, tokens, weights, mask).output,
            [=, &gradient](const Matrix& upstream) {
                auto found = backpropagation::multi_head_attention_backward(tokens, tokens, weights, mask, upstream);
                gradient = found.weights;
                return Matrix(found.memory + found.tokens);
            }};
}

/// The same of a memory, whose gradient is put aside.
Said consult(const Matrix& tokens, const Matrix& memory, const MultiHeadWeights& weights, MultiHeadWeights& gradient,
             Matrix& of_memory) {
    return {multi_head_attention::multi_head_attention(tokens, memory, weights, {}).output,
            [=, &gradient, &of_memory](const Matrix& upstream) {
                auto found = backpropagation::multi_head_attention_backward(tokens, memory, weights, {}, upstream);
                gradient = found.weights, of_memory = found.memory;
                return found.tokens;
            }};
}

/// x + layer(x), and then a norm.
Said added(const Matrix& input, const Said& layer, const LayerNormWeights& weights, LayerNormWeights& gradient) {
    const Said normed = norm(input + layer.output, weights, gradient);
    return {normed.output, [=](const Matrix& upstream) {
                const Matrix both = normed.back(upstream);
                return Matrix(layer.back(both) + both);
            }};
}

Said encode(const Matrix& tokens, const EncoderLayerWeights& weights, EncoderLayerWeights& gradient) {
    const Said first = added(tokens, attend(tokens, weights.attention, {}, gradient.attention), weights.attention_norm,
                             gradient.attention_norm);
    const Said second = added(first.output, feed(first.output, weights.feed_forward, gradient.feed_forward),
                              weights.feed_forward_norm, gradient.feed_forward_norm);
    return {second.output, [=](const Matrix& upstream) { return first.back(second.back(upstream)); }};
}

Said decode(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights,
            DecoderLayerWeights& gradient, Matrix& of_memory) {
    const Mask past = attention::causal_mask(tokens.rows(), tokens.rows());
    const Said a = added(tokens, attend(tokens, weights.self_attention, past, gradient.self_attention),
                         weights.self_norm, gradient.self_norm);
    const Said b =
        added(a.output, consult(a.output, memory, weights.cross_attention, gradient.cross_attention, of_memory),
              weights.cross_norm, gradient.cross_norm);
    const Said c = added(b.output, feed(b.output, weights.feed_forward, gradient.feed_forward),
                         weights.feed_forward_norm, gradient.feed_forward_norm);
    return {c.output, [=](const Matrix& upstream) { return a.back(b.back(c.back(upstream))); }};
}

void refuse_upstream(const Matrix& upstream, const Matrix& output) {
    refuse(upstream.rows() != output.rows() || upstream.cols() != output.cols());
}

Said embed(const TokenIds& ids, const Matrix& table, const Mask& kept, Scalar rate, Matrix& gradient) {
    return {dropout(transformer::embed_tokens(ids, table), kept, rate), [=, &gradient](const Matrix& upstream) {
                const Scalar root = std::sqrt(static_cast<Scalar>(table.cols()));
                const Matrix passed = root * dropout_backward(upstream, kept, rate);
                gradient = backpropagation::embedding_backward(ids, table.rows(), passed);
                return Matrix();
            }};
}

Said say(const Model& model, const Sentence& sentence, Scalar rate, Model& gradient, Matrix& of_memory) {
    refuse(sentence.source.empty() || sentence.target.empty());
    TokenIds read(sentence.target);
    read.insert(read.begin(), begin_token), read.pop_back();
    const Said source = embed(sentence.source, model.source_table, sentence.source_kept, rate, gradient.source_table);
    const Said memory = encode(source.output, model.encoder, gradient.encoder);
    const Said target = embed(read, model.target_table, sentence.target_kept, rate, gradient.target_table);
    const Said features = decode(target.output, memory.output, model.decoder, gradient.decoder, of_memory);
    return {multi_head_attention::linear(features.output, model.output),
            [=, &model, &gradient, &of_memory](const Matrix& upstream) {
                auto last = backpropagation::linear_backward(features.output, model.output, upstream);
                gradient.output = last.layer;
                target.back(features.back(last.input));
                return source.back(memory.back(of_memory));
            }};
}

}  // namespace

Scalar global_norm(const std::vector<Matrix>& gradients) {
    Long sum = 0;
    for (const Long each : flat(gradients)) sum += each * each;
    return static_cast<Scalar>(std::sqrt(sum));
}

std::vector<Matrix> clip_gradients(const std::vector<Matrix>& gradients, Scalar max_norm) {
    refuse(!(max_norm > 0));
    const Long length = global_norm(gradients) + 1e-6L;
    std::vector<Long> row = flat(gradients);
    for (Long& each : row) each = length > max_norm ? each / length * max_norm : each;
    return shaped(row, gradients);
}

AdamState adam_start(const std::vector<Matrix>& parameters) {
    const std::vector<Matrix> zeros = shaped(std::vector<Long>(flat(parameters).size(), 0), parameters);
    return {0, zeros, zeros};
}

AdamStep adam_step(const std::vector<Matrix>& parameters, const std::vector<Matrix>& gradients, const AdamState& state,
                   Scalar rate, const AdamSettings& settings) {
    refuse(!alike(parameters, gradients) || !alike(parameters, state.first) || !alike(parameters, state.second));
    refuse(settings.beta1 < 0 || settings.beta1 >= 1 || settings.beta2 < 0 || settings.beta2 >= 1);
    refuse(settings.epsilon <= 0 || state.steps < 0);
    const Long b1 = settings.beta1, b2 = settings.beta2, t = static_cast<Long>(state.steps + 1);
    std::vector<Long> p = flat(parameters), m = flat(state.first), v = flat(state.second);
    const std::vector<Long> g = flat(gradients);
    for (std::size_t i = 0; i < p.size(); ++i) {
        m[i] += (1 - b1) * (g[i] - m[i]);
        v[i] += (1 - b2) * (g[i] * g[i] - v[i]);
        p[i] -= rate * m[i] / (1 - std::pow(b1, t)) / (std::sqrt(v[i] / (1 - std::pow(b2, t))) + settings.epsilon);
    }
    return {shaped(p, parameters), {state.steps + 1, shaped(m, parameters), shaped(v, parameters)}};
}

Scalar noam_rate(Index step, Index d_model, Index warmup) {
    refuse(step < 1 || d_model < 1 || warmup < 1);
    const Long t = static_cast<Long>(step), w = static_cast<Long>(warmup), d = static_cast<Long>(d_model);
    return static_cast<Scalar>(step < warmup ? std::pow(d, -0.5L) * t * std::pow(w, -1.5L) : 1 / std::sqrt(d * t));
}

Matrix dropout(const Matrix& input, const Mask& kept, Scalar rate) {
    refuse(rate < 0 || rate >= 1);
    if (kept.rows() + kept.cols() == 0) return input;
    refuse(kept.rows() != input.rows() || kept.cols() != input.cols());
    Matrix output = input;
    for (Index i = 0; i < output.size(); ++i) output.data()[i] *= (kept.data()[i] ? 1 : 0) / (1 - rate);
    return output;
}

Matrix dropout_backward(const Matrix& upstream, const Mask& kept, Scalar rate) { return dropout(upstream, kept, rate); }

FeedForwardGradients feed_forward_backward(const Matrix& input, const FeedForwardWeights& weights,
                                           const Matrix& upstream) {
    FeedForwardGradients found;
    const Said said = feed(input, weights, found.weights);
    refuse_upstream(upstream, said.output);
    found.input = said.back(upstream);
    return found;
}

EncoderLayerGradients encoder_layer_backward(const Matrix& tokens, const EncoderLayerWeights& weights,
                                             const Matrix& upstream) {
    EncoderLayerGradients found;
    const Said said = encode(tokens, weights, found.weights);
    refuse_upstream(upstream, said.output);
    found.tokens = said.back(upstream);
    return found;
}

DecoderLayerGradients decoder_layer_backward(const Matrix& tokens, const Matrix& memory,
                                             const DecoderLayerWeights& weights, const Matrix& upstream) {
    DecoderLayerGradients found;
    const Said said = decode(tokens, memory, weights, found.weights, found.memory);
    refuse_upstream(upstream, said.output);
    found.tokens = said.back(upstream);
    return found;
}

Matrix logits(const Model& model, const Sentence& sentence, Scalar drop_rate) {
    Model gradient = model;
    Matrix of_memory;
    return say(model, sentence, drop_rate, gradient, of_memory).output;
}

LossAndGradient loss_and_gradient(const Model& model, const std::vector<Sentence>& batch, Scalar smoothing,
                                  Scalar drop_rate) {
    refuse(batch.empty());
    Long loss = 0, n_tokens = 0;
    std::vector<Long> sums(flat(parameters(model)).size(), 0);
    for (const Sentence& sentence : batch) {
        Model gradient = model;
        Matrix of_memory;
        const Said said = say(model, sentence, drop_rate, gradient, of_memory);
        const auto cost = backpropagation::cross_entropy(said.output, sentence.target, smoothing);
        said.back(cost.gradient);
        const auto count = static_cast<Long>(sentence.target.size());
        const std::vector<Long> one = flat(parameters(gradient));
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += count * one[i];
        loss += count * cost.loss, n_tokens += count;
    }
    for (Long& each : sums) each /= n_tokens;
    return {static_cast<Scalar>(loss / n_tokens), with_parameters(model, shaped(sums, parameters(model)))};
}

TrainingStep training_step(const Model& model, const AdamState& state, const std::vector<Sentence>& batch,
                           const TrainingSettings& settings) {
    const std::vector<Matrix> now = parameters(model);
    refuse(!alike(now, state.first) || !alike(now, state.second) || state.steps < 0);
    const Scalar rate = noam_rate(state.steps + 1, model.target_table.cols(), settings.warmup);
    const LossAndGradient found = loss_and_gradient(model, batch, settings.smoothing, settings.drop_rate);
    const AdamStep after =
        adam_step(now, clip_gradients(parameters(found.gradient), settings.max_norm), state, rate, settings.adam);
    return {with_parameters(model, after.parameters), after.state, found.loss};
}

}  // namespace training
