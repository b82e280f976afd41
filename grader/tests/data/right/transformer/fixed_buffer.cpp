// A right solution as carried over from JAX, where shapes do not grow: decoding fills a buffer that is longer than what
// has been said, and reads one row of its logits; the causal mask keeps the rest of the buffer out. Masks by index.
#include "transformer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "positional_encoding.hpp"

namespace transformer {

namespace {

struct Refused final : std::invalid_argument {
    explicit Refused(const std::string& why) : std::invalid_argument("refused: " + why) {}
};

Matrix one_hot(const TokenIds& ids, Index n) {
    Matrix hot = Matrix::Zero(std::ssize(ids), n);
    for (Index i = 0; const int id : ids) {
        if (id < 0 || id >= n) throw Refused("the id " + std::to_string(id));
        hot(i++, id) = 1;
    }
    return hot;
}

template <typename Attention, typename Norm>
void sublayer(Matrix& x, NormOrder order, const Norm& norm, Attention function) {
    Matrix input = x;
    if (order == NormOrder::pre) input = encoder::layer_norm(x, norm);
    const Matrix change = function(input);
    if (change.cols() != x.cols()) throw Refused("a sublayer that changes the width");
    x.noalias() += change;
    if (order == NormOrder::post) x = encoder::layer_norm(x, norm);
}

}  // namespace

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
    const Matrix hot = one_hot(ids, table.rows());
    Matrix rows(hot.rows(), table.cols());
    for (Index i = 0; i < hot.rows(); ++i) {
        Index id = 0;
        hot.row(i).maxCoeff(&id);
        rows.row(i) = table.row(id) * std::sqrt(static_cast<Scalar>(table.cols())) +
                      positional_encoding::encode_position(i, table.cols());
    }
    return rows;
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    Mask mask = Mask::Constant(n_queries, std::ssize(source), false);
    for (auto at = source.begin(); at != source.end(); ++at)
        if (*at != padding) mask.col(at - source.begin()).setConstant(true);
    return mask;
}

Mask target_mask(const TokenIds& target, int padding) {
    const Index n = std::ssize(target);
    return Mask::NullaryExpr(
        n, n, [&](Index i, Index j) { return !(j > i || target[static_cast<std::size_t>(j)] == padding); });
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    Matrix x = tokens;
    sublayer(x, order, weights.self_norm, [&](const Matrix& q) -> Matrix {
        return multi_head_attention::multi_head_attention(q, q, weights.self_attention, self_mask).output;
    });
    sublayer(x, order, weights.cross_norm, [&](const Matrix& q) -> Matrix {
        return multi_head_attention::multi_head_attention(q, memory, weights.cross_attention, cross_mask).output;
    });
    sublayer(x, order, weights.feed_forward_norm,
             [&](const Matrix& q) { return encoder::feed_forward(q, weights.feed_forward, activation); });
    return x;
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    const Matrix last =
        std::accumulate(weights.layers.begin(), weights.layers.end(), tokens, [&](const Matrix& x, const auto& layer) {
            return decoder_layer(x, memory, layer, order, activation, self_mask, cross_mask);
        });
    return weights.final_norm ? encoder::layer_norm(last, *weights.final_norm) : last;
}

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    const Index n_source = std::ssize(source), n_target = std::ssize(target);
    const Matrix x = embed_tokens(target, model.target_table);
    const Matrix memory = encoder::encode(embed_tokens(source, model.source_table), model.encoder, model.order,
                                          model.activation, source_mask(n_source, source, model.padding));
    const Matrix features = decode(x, memory, model.decoder, model.order, model.activation,
                                   target_mask(target, model.padding), source_mask(n_target, source, model.padding));
    if (features.cols() != model.output.weight.rows() || model.output.bias.size() != model.output.weight.cols())
        throw Refused("the output layer");
    Matrix logits = features * model.output.weight;
    for (Index i = 0; i < n_target; ++i) logits.row(i) += model.output.bias;
    return logits;
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    if (max_tokens < 0) throw Refused("fewer than no tokens");
    TokenIds buffer(4, start_token);
    for (Index said = 0; said < max_tokens; ++said) {
        if (said + 1 >= std::ssize(buffer)) buffer.resize(2 * buffer.size(), start_token);
        const RowVector row = transformer_logits(source, buffer, model).row(said);
        int best = 0;
        for (int id = 1; id < row.size(); ++id)
            if (row(id) > row(best)) best = id;
        buffer[static_cast<std::size_t>(said + 1)] = best;
        if (best == end_token) return {buffer.begin() + 1, buffer.begin() + said + 2};
    }
    return {buffer.begin() + 1, buffer.begin() + 1 + max_tokens};
}

}  // namespace transformer
