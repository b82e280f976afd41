// The references as a library that references.py times beside PyTorch: one row of its table is one prepared call.
#include <cmath>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "attention.hpp"
#include "encoder.hpp"
#include "memory_network.hpp"
#include "multi_head_attention.hpp"
#include "neural_turing_machine.hpp"
#include "positional_encoding.hpp"
#include "training.hpp"
#include "transformer.hpp"
#include "vision_transformer.hpp"

namespace qkv {
[[noreturn]] void eigen_assertion_failed(const char* expression, const char*) { throw std::logic_error(expression); }
}  // namespace qkv

namespace {

using namespace qkv;
using encoder::Activation;
using encoder::NormOrder;

std::mt19937_64 generator(1);

/// Normal numbers, as torch.randn draws them, times `scale`.
Matrix normal(Index rows, Index cols, double scale = 1) {
    std::normal_distribution<double> distribution(0, scale);
    return Matrix::NullaryExpr(rows, cols, [&] { return static_cast<Scalar>(distribution(generator)); });
}

/// As wide as torch.nn.Linear's, so that activations keep their size through the layers.
multi_head_attention::Linear linear(Index d_in, Index d_out) {
    const double scale = 1 / std::sqrt(3.0 * static_cast<double>(d_in));
    return {normal(d_in, d_out, scale), normal(1, d_out, scale)};
}

multi_head_attention::MultiHeadWeights heads(Index d_model, Index n_heads) {
    return {linear(d_model, d_model), linear(d_model, d_model), linear(d_model, d_model), linear(d_model, d_model),
            n_heads};
}

encoder::LayerNormWeights norm(Index d_model) {
    return {RowVector::Ones(d_model), RowVector::Zero(d_model), Scalar(1e-5)};
}

encoder::FeedForwardWeights feed_forward(Index d_model, Index d_ff) {
    return {linear(d_model, d_ff), linear(d_ff, d_model)};
}

encoder::EncoderLayerWeights encoder_layer(Index d_model, Index n_heads, Index d_ff) {
    return {heads(d_model, n_heads), feed_forward(d_model, d_ff), norm(d_model), norm(d_model)};
}

transformer::TransformerModel translator(Index d_model, Index n_heads, Index d_ff, int n_layers, Index vocabulary) {
    transformer::TransformerModel model{normal(vocabulary, d_model, 0.1),
                                        normal(vocabulary, d_model, 0.1),
                                        {{}, norm(d_model)},
                                        {{}, norm(d_model)},
                                        linear(d_model, vocabulary),
                                        NormOrder::post,
                                        Activation::relu,
                                        0};
    for (int i = 0; i < n_layers; ++i) {
        model.encoder.layers.push_back(encoder_layer(d_model, n_heads, d_ff));
        model.decoder.layers.push_back({heads(d_model, n_heads), heads(d_model, n_heads), feed_forward(d_model, d_ff),
                                        norm(d_model), norm(d_model), norm(d_model)});
    }
    return model;
}

TokenIds ids(Index n, int vocabulary) {
    TokenIds all;
    for (Index i = 0; i < n; ++i)
        all.push_back(1 + static_cast<int>(generator() % static_cast<unsigned>(vocabulary - 1)));
    return all;
}

using Call = std::function<void()>;

Call attention_call(Index n, const Mask& mask) {
    const Matrix query = normal(n, 64), key = normal(n, 64), value = normal(n, 64);
    return [=] { attention::masked_attention(query, key, value, mask); };
}

Call vision_call() {
    const Index d_model = 192;
    vision_transformer::VisionTransformerWeights weights{
        16,
        {linear(3 * 256, d_model), normal(1, d_model), normal(197, d_model)},
        {},
        {norm(d_model), linear(d_model, 1000)}};
    for (int i = 0; i < 12; ++i) weights.layers.push_back(encoder_layer(d_model, 3, 768));
    const vision_transformer::Image image{normal(224, 224), normal(224, 224), normal(224, 224)};
    return [=] { vision_transformer::vision_transformer(image, weights); };
}

Call story_call() {
    memory_network::Story story;
    for (int i = 0; i < 10; ++i) story.push_back(ids(6, 40));
    memory_network::AdjacentModel model;
    for (int k = 0; k < 4; ++k)
        model.embeddings.push_back(normal(40, 20, 0.1)), model.temporal.push_back(normal(10, 20, 0.1));
    return [=, question = ids(4, 40)] {
        memory_network::answer_adjacent(story, question, model, memory_network::Encoding::position);
    };
}

Call address_call() {
    const neural_turing_machine::Head head{normal(1, 20), 2, Scalar(0.7), RowVector{{0.2, 0.6, 0.2}}, Scalar(1.5)};
    const RowVector previous = RowVector::Constant(128, Scalar(1) / 128);
    return [=, memory = normal(128, 20)] { neural_turing_machine::address(head, previous, memory); };
}

Call write_call(Index n_slots, Index d_slot) {
    const neural_turing_machine::Write head{RowVector::Constant(n_slots, Scalar(1) / static_cast<Scalar>(n_slots)),
                                            RowVector::Constant(d_slot, Scalar(0.5)), normal(1, d_slot)};
    return [=, memory = normal(n_slots, d_slot)] { neural_turing_machine::write(memory, {head}); };
}

/// Of the exercise's own size: eight words of four letters, d_model 16, one layer each side.
Call training_call() {
    const Index d_model = 16, d_ff = 32, vocabulary = 8;
    const training::Model model{normal(vocabulary, d_model),
                                normal(vocabulary, d_model),
                                encoder_layer(d_model, 2, d_ff),
                                {heads(d_model, 2), heads(d_model, 2), feed_forward(d_model, d_ff), norm(d_model),
                                 norm(d_model), norm(d_model)},
                                linear(d_model, vocabulary)};
    std::vector<training::Sentence> batch(8);
    for (training::Sentence& sentence : batch) sentence = {ids(4, vocabulary), ids(5, vocabulary), {}, {}};
    const training::TrainingSettings settings{Scalar(0.1), 0, 1, 150, {Scalar(0.9), Scalar(0.98), Scalar(1e-9)}};
    return [=, state = training::adam_start(training::parameters(model))] {
        training::training_step(model, state, batch, settings);
    };
}

Call prepare(const std::string& row, Index n) {
    if (row == "attention") return attention_call(n, Mask());
    if (row == "causal attention") return attention_call(n, attention::causal_mask(n, n));
    if (row == "multi-head attention") {
        return [tokens = normal(n, 512), weights = heads(512, 8)] {
            multi_head_attention::multi_head_attention(tokens, tokens, weights, Mask());
        };
    }
    if (row == "layer norm") return [x = normal(n, 512), w = norm(512)] { encoder::layer_norm(x, w); };
    if (row == "relu") return [x = normal(n, 2048)] { encoder::activate(x, Activation::relu); };
    if (row == "gelu") return [x = normal(n, 2048)] { encoder::activate(x, Activation::gelu); };
    if (row == "encoder layer") {
        return [tokens = normal(n, 512), weights = encoder_layer(512, 8, 2048)] {
            encoder::encoder_layer(tokens, weights, NormOrder::post, Activation::relu, Mask());
        };
    }
    if (row == "Transformer base") {
        return [source = ids(n, 1000), target = ids(n, 1000), model = translator(512, 8, 2048, 6, 1000)] {
            transformer::transformer_logits(source, target, model);
        };
    }
    if (row == "greedy decoding") {
        return [n, source = ids(10, 100), model = translator(64, 4, 256, 2, 100)] {
            transformer::greedy_decode(source, model, 1, -1, n);
        };
    }
    if (row == "training step") return training_call();
    if (row == "ViT-tiny") return vision_call();
    if (row == "memory network") return story_call();
    if (row == "NTM address") return address_call();
    if (row == "NTM write") return write_call(n, 64);
    if (row == "sinusoidal table") return [n] { positional_encoding::sinusoidal_encoding(n, 512); };
    throw std::invalid_argument("no row " + row);
}

std::vector<Call> calls;

}  // namespace

extern "C" {
/// The number of a prepared call.
int qkv_prepare(const char* row, long n) {
    calls.push_back(prepare(row, n));
    return static_cast<int>(calls.size()) - 1;
}

void qkv_call(int number) { calls[static_cast<std::size_t>(number)](); }
}
