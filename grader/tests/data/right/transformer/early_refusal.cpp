// A right solution that looks at every shape before it computes anything, and refuses also what the header lets it
// refuse: no tokens, a memory without rows, masks that nobody reads, an empty target, what an answer of no tokens
// would not need.
#include "transformer.hpp"

#include <cmath>
#include <stdexcept>

#include "positional_encoding.hpp"

namespace transformer {

using RowOfIds = Eigen::Array<int, 1, Eigen::Dynamic>;

static RowOfIds as_row(const TokenIds& ids) {
    return Eigen::Map<const RowOfIds>(ids.data(), static_cast<Index>(ids.size()));
}

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
    if (table.cols() == 0) throw std::invalid_argument("a table without columns");
    const RowOfIds row = as_row(ids);
    if ((row < 0).any() || (row >= static_cast<int>(table.rows())).any()) {
        throw std::invalid_argument("an id is beyond the table");
    }
    Matrix chosen = Matrix::Zero(row.size(), table.rows());
    for (Index i = 0; i < row.size(); ++i) chosen(i, row(i)) = std::sqrt(static_cast<Scalar>(table.cols()));
    return chosen * table + positional_encoding::sinusoidal_encoding(row.size(), table.cols());
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    return (as_row(source) != padding).replicate(n_queries, 1);
}

Mask target_mask(const TokenIds& target, int padding) {
    const auto n = static_cast<Index>(target.size());
    const Matrix ones = Matrix::Ones(n, n), lower = ones.triangularView<Eigen::Lower>();
    return lower.array() * source_mask(n, target, padding).cast<Scalar>() > 0;
}

static void check(bool fits, const char* what) {
    if (!fits) throw std::invalid_argument(what);
}

static void check_map(const Linear& map, Index d_in, Index d_out) {
    check(map.weight.rows() == d_in && map.weight.cols() == d_out && map.bias.cols() == d_out, "a linear map");
}

static void check_norm(const LayerNormWeights& norm, Index d_model) {
    check(norm.gain.cols() == d_model && norm.bias.cols() == d_model, "a norm");
}

static void check_attention(const MultiHeadWeights& weights, Index d_model, Index d_memory) {
    check(weights.n_heads > 0 && d_model % weights.n_heads == 0, "heads");
    check_map(weights.query, d_model, d_model);
    check_map(weights.key, d_memory, d_model);
    check_map(weights.value, d_memory, d_model);
    check_map(weights.output, d_model, d_model);
}

static void check_feed_forward(const FeedForwardWeights& weights, Index d_model) {
    const Index d_ff = weights.inner.bias.cols();
    check_map(weights.inner, d_model, d_ff);
    check_map(weights.outer, d_ff, d_model);
}

static void check_mask(const Mask& mask, Index n_queries, Index n_keys) {
    const bool none = mask.rows() == 0 && mask.cols() == 0;
    check(none || (mask.rows() == n_queries && mask.cols() == n_keys), "a mask");
}

static void check_layer(const DecoderLayerWeights& weights, Index d_model, Index d_memory) {
    check_attention(weights.self_attention, d_model, d_model);
    check_attention(weights.cross_attention, d_model, d_memory);
    check_feed_forward(weights.feed_forward, d_model);
    for (const auto* norm : {&weights.self_norm, &weights.cross_norm, &weights.feed_forward_norm})
        check_norm(*norm, d_model);
}

static void check_scene(const Matrix& tokens, const Matrix& memory, const Mask& self_mask, const Mask& cross_mask) {
    check(tokens.rows() > 0 && memory.rows() > 0, "nothing to read");
    check_mask(self_mask, tokens.rows(), tokens.rows());
    check_mask(cross_mask, tokens.rows(), memory.rows());
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    check_scene(tokens, memory, self_mask, cross_mask);
    check_layer(weights, tokens.cols(), memory.cols());
    const auto wrap = [order](Matrix& x, const LayerNormWeights& norm, const auto& sublayer) {
        if (order == NormOrder::pre) {
            x += sublayer(encoder::layer_norm(x, norm));
        } else {
            x = encoder::layer_norm(sublayer(x) + x, norm);
        }
    };
    Matrix x = tokens;
    wrap(x, weights.self_norm, [&](const Matrix& read) {
        return multi_head_attention::multi_head_attention(read, read, weights.self_attention, self_mask).output;
    });
    wrap(x, weights.cross_norm, [&](const Matrix& read) {
        return multi_head_attention::multi_head_attention(read, memory, weights.cross_attention, cross_mask).output;
    });
    wrap(x, weights.feed_forward_norm,
         [&](const Matrix& read) { return encoder::feed_forward(read, weights.feed_forward, activation); });
    return x;
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    check_scene(tokens, memory, self_mask, cross_mask);
    for (const auto& layer : weights.layers) check_layer(layer, tokens.cols(), memory.cols());
    if (weights.final_norm) check_norm(*weights.final_norm, tokens.cols());
    Matrix x = tokens;
    for (const auto& layer : weights.layers) {
        x = decoder_layer(x, memory, layer, order, activation, self_mask, cross_mask);
    }
    if (!weights.final_norm) return x;
    return encoder::layer_norm(x, *weights.final_norm);
}

static void check_model(const TransformerModel& model) {
    const Index d_model = model.target_table.cols();
    check(model.source_table.cols() == d_model, "the two tables");
    check_map(model.output, d_model, model.target_table.rows());
    for (const auto& layer : model.encoder.layers) {
        check_attention(layer.attention, d_model, d_model);
        check_feed_forward(layer.feed_forward, d_model);
        check_norm(layer.attention_norm, d_model);
        check_norm(layer.feed_forward_norm, d_model);
    }
    if (model.encoder.final_norm) check_norm(*model.encoder.final_norm, d_model);
    for (const auto& layer : model.decoder.layers) check_layer(layer, d_model, d_model);
    if (model.decoder.final_norm) check_norm(*model.decoder.final_norm, d_model);
}

static void check_ids(const TokenIds& ids, const Matrix& table) {
    check(!ids.empty(), "no tokens");
    for (const int id : ids) check(0 <= id && id < table.rows(), "an id");
}

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    check_model(model);
    check_ids(source, model.source_table);
    check_ids(target, model.target_table);
    const auto n_source = static_cast<Index>(source.size()), n_target = static_cast<Index>(target.size());
    const Matrix memory = encoder::encode(embed_tokens(source, model.source_table), model.encoder, model.order,
                                          model.activation, source_mask(n_source, source, model.padding));
    const Matrix decoded =
        decode(embed_tokens(target, model.target_table), memory, model.decoder, model.order, model.activation,
               target_mask(target, model.padding), source_mask(n_target, source, model.padding));
    return multi_head_attention::linear(decoded, model.output);
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    check(max_tokens >= 0, "the limit");
    TokenIds target(1, start_token);
    transformer_logits(source, target, model);  // refuses what does not fit, even where nothing is to be said
    for (Index n = 0; n < max_tokens && (n == 0 || target.back() != end_token); ++n) {
        const RowVector scores = transformer_logits(source, target, model).bottomRows(1);
        Index best = scores.cols() - 1;
        for (Index id = best - 1; id >= 0; --id) best = scores(id) < scores(best) ? best : id;
        target.push_back(static_cast<int>(best));
    }
    target.erase(target.begin());
    return target;
}

}  // namespace transformer
