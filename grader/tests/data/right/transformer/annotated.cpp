// A right solution as carried over from "The Annotated Transformer": Embeddings, subsequent_mask, DecoderLayer with a
// list of sublayers, Generator, an EncoderDecoder that keeps its memory while it decodes.
#include "transformer.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <stdexcept>

#include "positional_encoding.hpp"

namespace transformer {

namespace {

using Step = std::function<Matrix(const Matrix&)>;

Mask subsequent_mask(Index size) {
    return (Eigen::MatrixXi::Ones(size, size).triangularView<Eigen::StrictlyUpper>().toDenseMatrix().array() == 0);
}

Matrix residual(const Matrix& x, const Step& sublayer, const LayerNormWeights& norm, NormOrder order) {
    const Matrix y = sublayer(order == NormOrder::pre ? encoder::layer_norm(x, norm) : x);
    if (y.cols() != x.cols()) throw std::invalid_argument("x + sublayer(x) of two widths");
    return order == NormOrder::pre ? Matrix(x + y) : encoder::layer_norm(x + y, norm);
}

class EncoderDecoder {
public:
    EncoderDecoder(const TransformerModel& model, const TokenIds& source) : model_(model), source_(source) {
        const Mask mask = source_mask(std::ssize(source), source, model.padding);
        memory_ = encoder::encode(embed_tokens(source, model.source_table), model.encoder, model.order,
                                  model.activation, mask);
    }

    Matrix operator()(const TokenIds& target) const {
        const Matrix x = embed_tokens(target, model_.target_table);
        return decode(x, memory_, model_.decoder, model_.order, model_.activation, target_mask(target, model_.padding),
                      source_mask(x.rows(), source_, model_.padding));
    }

    Matrix generator(const Matrix& x) const { return multi_head_attention::linear(x, model_.output); }

private:
    const TransformerModel& model_;
    const TokenIds& source_;
    Matrix memory_;
};

}  // namespace

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
    for (const int id : ids)
        if (id < 0 || table.rows() <= id) throw std::invalid_argument("index out of range in self");
    Matrix x = table(ids, Eigen::all);
    x *= std::sqrt(static_cast<Scalar>(table.cols()));
    if (ids.empty()) return x;
    return x + positional_encoding::sinusoidal_encoding(x.rows(), x.cols());
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    const Eigen::Map<const Eigen::Array<int, 1, Eigen::Dynamic>> ids(source.data(), std::ssize(source));
    return (ids != padding).replicate(n_queries, 1);
}

Mask target_mask(const TokenIds& target, int padding) {
    return source_mask(std::ssize(target), target, padding) && subsequent_mask(std::ssize(target));
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    using multi_head_attention::multi_head_attention;
    const std::array<std::pair<Step, const LayerNormWeights*>, 3> sublayers = {{
        {[&](const Matrix& x) { return multi_head_attention(x, x, weights.self_attention, self_mask).output; },
         &weights.self_norm},
        {[&](const Matrix& x) { return multi_head_attention(x, memory, weights.cross_attention, cross_mask).output; },
         &weights.cross_norm},
        {[&](const Matrix& x) { return encoder::feed_forward(x, weights.feed_forward, activation); },
         &weights.feed_forward_norm},
    }};
    Matrix x = tokens;
    for (const auto& [sublayer, norm] : sublayers) x = residual(x, sublayer, *norm, order);
    return x;
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    Matrix x = tokens;
    for (const auto& layer : weights.layers)
        x = decoder_layer(x, memory, layer, order, activation, self_mask, cross_mask);
    if (weights.final_norm) x = encoder::layer_norm(x, *weights.final_norm);
    return x;
}

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    const EncoderDecoder run(model, source);
    return run.generator(run(target));
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    if (max_tokens < 0) throw std::invalid_argument("max_len");
    TokenIds ys = {start_token};
    if (max_tokens > 0) {
        const EncoderDecoder run(model, source);
        for (Index i = 0; i < max_tokens; ++i) {
            const Matrix last = run(ys).bottomRows<1>();
            Index next_word = 0;
            run.generator(last).row(0).maxCoeff(&next_word);
            ys.push_back(static_cast<int>(next_word));
            if (ys.back() == end_token) break;
        }
    }
    ys.erase(ys.begin());
    return ys;
}

}  // namespace transformer
