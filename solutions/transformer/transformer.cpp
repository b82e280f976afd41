// Reference: embeddings, masks, decoder layer and stack, logits, greedy decoding.
#include "transformer.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "attention.hpp"
#include "positional_encoding.hpp"

namespace transformer {

using encoder::layer_norm;
using multi_head_attention::linear;

namespace {

void require(bool fits, const std::string& sentence) {
    if (!fits) throw std::invalid_argument(sentence);
}

/// Refuses a sublayer whose result could not be added to the tokens.
void require_width(const std::string& what, const MultiHeadWeights& weights, Index d_model) {
    const Index columns = weights.output.weight.cols();
    require(columns == d_model, "W_O of the " + what + " has " + std::to_string(columns) + " columns, but there are " +
                                    std::to_string(d_model) + " features");
}

Index length(const TokenIds& ids) { return static_cast<Index>(ids.size()); }

}  // namespace

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
    const Scalar scale = std::sqrt(static_cast<Scalar>(table.cols()));
    Matrix scaled(length(ids), table.cols());  // n_tokens x d_model
    Index i = 0;
    for (const int id : ids) {
        require(id >= 0 && id < table.rows(),
                "token " + std::to_string(id) + " is not one of the " + std::to_string(table.rows()) + " in the table");
        scaled.row(i++) = scale * table.row(id);
    }
    return positional_encoding::add_positions(scaled, 0);
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    std::vector<bool> is_token;
    for (const int id : source) is_token.push_back(id != padding);
    return attention::padding_mask(n_queries, is_token);  // n_queries x n_source
}

Mask target_mask(const TokenIds& target, int padding) {
    const Index n_target = length(target);
    return attention::causal_mask(n_target, n_target) && source_mask(n_target, target, padding);
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    require_width("self-attention", weights.self_attention, tokens.cols());
    require_width("cross-attention", weights.cross_attention, tokens.cols());
    const auto look_back = [&](const Matrix& x) -> Matrix {
        return multi_head_attention::multi_head_attention(x, x, weights.self_attention, self_mask).output;
    };
    const auto consult = [&](const Matrix& x) -> Matrix {
        return multi_head_attention::multi_head_attention(x, memory, weights.cross_attention, cross_mask).output;
    };
    const auto transform = [&](const Matrix& x) { return feed_forward(x, weights.feed_forward, activation); };

    // Every matrix from here on is n_target x d_model.
    if (order == NormOrder::post) {
        const Matrix a = layer_norm(tokens + look_back(tokens), weights.self_norm);
        const Matrix b = layer_norm(a + consult(a), weights.cross_norm);
        return layer_norm(b + transform(b), weights.feed_forward_norm);
    }
    const Matrix a = tokens + look_back(layer_norm(tokens, weights.self_norm));
    const Matrix b = a + consult(layer_norm(a, weights.cross_norm));
    return b + transform(layer_norm(b, weights.feed_forward_norm));
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    Matrix x = tokens;  // n_target x d_model, after each layer
    for (const DecoderLayerWeights& layer : weights.layers) {
        x = decoder_layer(x, memory, layer, order, activation, self_mask, cross_mask);
    }
    return weights.final_norm ? layer_norm(x, *weights.final_norm) : x;
}

namespace {

/// What the encoder makes of the source, n_source x d_model.
Matrix encode_source(const TokenIds& source, const TransformerModel& model) {
    const Matrix embedded = embed_tokens(source, model.source_table);
    const Mask mask = source_mask(length(source), source, model.padding);
    return encoder::encode(embedded, model.encoder, model.order, model.activation, mask);
}

/// The second half of the model, n_target x n_target_vocabulary.
Matrix logits_after(const Matrix& memory, const TokenIds& source, const TokenIds& target,
                    const TransformerModel& model) {
    const Matrix embedded = embed_tokens(target, model.target_table);            // n_target x d_model
    const Mask self_mask = target_mask(target, model.padding);                   // n_target x n_target
    const Mask cross_mask = source_mask(length(target), source, model.padding);  // n_target x n_source
    return linear(decode(embedded, memory, model.decoder, model.order, model.activation, self_mask, cross_mask),
                  model.output);
}

}  // namespace

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    return logits_after(encode_source(source, model), source, target, model);
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    require(max_tokens >= 0, "there cannot be " + std::to_string(max_tokens) + " tokens");
    if (max_tokens == 0) return {};
    const Matrix memory = encode_source(source, model);  // the source does not change: once is enough
    TokenIds target{start_token};
    while (length(target) <= max_tokens) {
        const RowVector scores = logits_after(memory, source, target, model).bottomRows(1);
        target.push_back(static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin()));
        if (target.back() == end_token) break;
    }
    return {target.begin() + 1, target.end()};
}

}  // namespace transformer
