// A right solution in whole-matrix expressions: embedding as a product with a matrix of ones and zeros, masks by
// comparison and broadcast, the three sublayers as a list, decoding by recursion.
#include "transformer.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>
#include <utility>

#include "positional_encoding.hpp"

namespace transformer {

using RowOfIds = Eigen::Array<int, 1, Eigen::Dynamic>;

static RowOfIds as_row(const TokenIds& ids) {
    return Eigen::Map<const RowOfIds>(ids.data(), static_cast<Index>(ids.size()));
}

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
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

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    using Sublayer = std::pair<const LayerNormWeights*, std::function<Matrix(const Matrix&)>>;
    const auto attention = multi_head_attention::multi_head_attention;
    const Sublayer sublayers[] = {
        {&weights.self_norm,
         [&](const Matrix& x) { return attention(x, x, weights.self_attention, self_mask).output; }},
        {&weights.cross_norm,
         [&](const Matrix& x) { return attention(x, memory, weights.cross_attention, cross_mask).output; }},
        {&weights.feed_forward_norm,
         [&](const Matrix& x) { return encoder::feed_forward(x, weights.feed_forward, activation); }}};
    Matrix x = tokens;
    for (const auto& [norm, sublayer] : sublayers) {
        const Matrix answer = sublayer(order == NormOrder::pre ? encoder::layer_norm(x, *norm) : x);
        if (answer.cols() != x.cols()) throw std::invalid_argument("a sublayer changes the width");
        x += answer;
        if (order == NormOrder::post) x = encoder::layer_norm(x, *norm);
    }
    return x;
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    if (weights.layers.empty()) return weights.final_norm ? encoder::layer_norm(tokens, *weights.final_norm) : tokens;
    DecoderWeights rest = weights;
    rest.layers.erase(rest.layers.begin());
    return decode(decoder_layer(tokens, memory, weights.layers[0], order, activation, self_mask, cross_mask), memory,
                  rest, order, activation, self_mask, cross_mask);
}

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    const Mask visible = source_mask(1, source, model.padding);
    const Matrix memory = encoder::encode(embed_tokens(source, model.source_table), model.encoder, model.order,
                                          model.activation, visible.replicate(visible.cols(), 1));
    const Matrix x = embed_tokens(target, model.target_table);
    return multi_head_attention::linear(decode(x, memory, model.decoder, model.order, model.activation,
                                               target_mask(target, model.padding), visible.replicate(x.rows(), 1)),
                                        model.output);
}

/// What follows after `target`, at most `left` tokens of it.
static TokenIds continued(const TokenIds& source, TokenIds target, const TransformerModel& model, int end_token,
                          Index left) {
    if (left == 0) return {};
    const RowVector scores = transformer_logits(source, target, model).bottomRows(1);
    int best = 0;
    while (scores(best) < scores.maxCoeff()) ++best;
    if (best == end_token) return {best};
    target.push_back(best);
    TokenIds answer = continued(source, target, model, end_token, left - 1);
    answer.insert(answer.begin(), best);
    return answer;
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    if (max_tokens < 0) throw std::invalid_argument("the limit is negative");
    return continued(source, {start_token}, model, end_token, max_tokens);
}

}  // namespace transformer
