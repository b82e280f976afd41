// A right solution that adds up what each head contributes (row block h of W_O), takes a softmax by log-sum-exp, and
// turns masks into what is added to the scores. Embeddings by selection, decoding by a loop over a growing target.
#include "transformer.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

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
    const std::vector<Index> rows(ids.begin(), ids.end());
    if (table.cols() == 0) return Matrix(row.size(), 0);
    Matrix output = positional_encoding::sinusoidal_encoding(row.size(), table.cols());
    if (!rows.empty()) output += std::sqrt(static_cast<Scalar>(table.cols())) * table(rows, Eigen::all);
    return output;
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    return (as_row(source) != padding).replicate(n_queries, 1);
}

Mask target_mask(const TokenIds& target, int padding) {
    const auto n = static_cast<Index>(target.size());
    const Matrix ones = Matrix::Ones(n, n), lower = ones.triangularView<Eigen::Lower>();
    return lower.array() * source_mask(n, target, padding).cast<Scalar>() > 0;
}

/// Multi-head attention, head by head.
static Matrix sum_of_heads(const Matrix& asking, const Matrix& asked, const MultiHeadWeights& weights,
                           const Mask& mask) {
    using multi_head_attention::linear;
    const Matrix query = linear(asking, weights.query), key = linear(asked, weights.key),
                 value = linear(asked, weights.value);
    const Index d = query.cols(), width = weights.n_heads > 0 ? d / weights.n_heads : 0;
    const bool fits = width > 0 && width * weights.n_heads == d && key.cols() == d && value.cols() == d;
    if (!fits || weights.output.weight.rows() != d || weights.output.weight.cols() != weights.output.bias.cols()) {
        throw std::invalid_argument("weights of an attention");
    }
    Matrix added = Matrix::Zero(query.rows(), key.rows());
    if (mask.size() > 0) {
        if (mask.rows() != query.rows() || mask.cols() != key.rows()) throw std::invalid_argument("a mask");
        added = mask.select(added, -std::numeric_limits<Scalar>::infinity());
    }
    Matrix output = weights.output.bias.replicate(query.rows(), 1);
    for (Index h = weights.n_heads; h-- > 0;) {
        const Matrix q = query.middleCols(h * width, width) / std::sqrt(static_cast<Scalar>(width));
        const Matrix scores = q * key.middleCols(h * width, width).transpose() + added;
        const Matrix share = value.middleCols(h * width, width) * weights.output.weight.middleRows(h * width, width);
        for (Index i = 0; i < scores.rows() && scores.cols() > 0; ++i) {
            const Scalar largest = scores.row(i).maxCoeff();
            if (std::isinf(largest)) continue;
            const RowVector shifted = scores.row(i).array() - largest;
            const Scalar log_sum = std::log(shifted.array().exp().sum());
            for (Index j = 0; j < scores.cols(); ++j) {
                if (!std::isinf(shifted(j))) output.row(i) += std::exp(shifted(j) - log_sum) * share.row(j);
            }
        }
    }
    return output;
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    using Sublayer = std::pair<const LayerNormWeights*, std::function<Matrix(const Matrix&)>>;
    const Sublayer sublayers[] = {
        {&weights.self_norm, [&](const Matrix& x) { return sum_of_heads(x, x, weights.self_attention, self_mask); }},
        {&weights.cross_norm,
         [&](const Matrix& x) { return sum_of_heads(x, memory, weights.cross_attention, cross_mask); }},
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

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    if (max_tokens < 0) throw std::invalid_argument("the limit is negative");
    TokenIds target{start_token}, answer;
    for (; max_tokens > 0; --max_tokens) {
        const RowVector scores = transformer_logits(source, target, model).bottomRows(1);
        const Scalar best = scores.maxCoeff();
        const auto found = std::find(scores.begin(), scores.end(), best);
        answer.push_back(static_cast<int>(found - scores.begin()));
        target.push_back(answer.back());
        if (answer.back() == end_token) break;
    }
    return answer;
}

}  // namespace transformer
