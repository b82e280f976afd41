// A right solution in another order of work: one target token at a time, from the first layer to the last, each layer
// remembering what it has read. So decoding computes no row twice, and the logits need no causal mask.
#include "transformer.hpp"

#include <cmath>
#include <stdexcept>

#include "attention.hpp"
#include "positional_encoding.hpp"

namespace transformer {

static void same(Index left, Index right, const char* what) {
    if (left != right) throw std::invalid_argument(what);
}

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
    Matrix output = positional_encoding::sinusoidal_encoding(static_cast<Index>(ids.size()), table.cols());
    for (Index i = output.rows() - 1; i >= 0; --i) {
        const int id = ids[static_cast<std::size_t>(i)];
        if (id < 0 || id >= table.rows()) throw std::invalid_argument("no such token");
        output.row(i) += table.row(id) * std::sqrt(static_cast<Scalar>(table.cols()));
    }
    return output;
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    Mask mask = Mask::Constant(n_queries, static_cast<Index>(source.size()), true);
    for (std::size_t j = 0; j < source.size(); ++j) {
        if (source[j] == padding) mask.col(static_cast<Index>(j)).setConstant(false);
    }
    return mask;
}

Mask target_mask(const TokenIds& target, int padding) {
    const auto n = static_cast<Index>(target.size());
    Mask mask = source_mask(n, target, padding);
    for (Index i = 0; i < n; ++i) mask.row(i).tail(n - 1 - i).setConstant(false);
    return mask;
}

/// The answer to one query, summed over the heads.
static RowVector answer(const RowVector& asking, const Matrix& asked, const MultiHeadWeights& weights,
                        const Mask& mask) {
    same(weights.output.weight.cols(), asking.cols(), "W_O");
    return multi_head_attention::multi_head_attention(asking, asked, weights, mask).output;
}

static RowVector normal(const RowVector& x, const LayerNormWeights& weights) { return encoder::layer_norm(x, weights); }

/// One row through the second and third sublayer.
static RowVector after_self(RowVector x, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                            Activation activation, const Mask& cross_mask) {
    const bool pre = order == NormOrder::pre;
    x += answer(pre ? normal(x, weights.cross_norm) : x, memory, weights.cross_attention, cross_mask);
    if (!pre) x = normal(x, weights.cross_norm);
    x += encoder::feed_forward(pre ? normal(x, weights.feed_forward_norm) : x, weights.feed_forward, activation);
    return pre ? x : normal(x, weights.feed_forward_norm);
}

/// Row i of a mask, or no mask.
static Mask row_of(const Mask& mask, Index i) { return mask.size() == 0 ? Mask() : Mask(mask.row(i)); }

static void check_mask(const Mask& mask, Index n_queries, Index n_keys) {
    if (mask.size() == 0) return;
    same(mask.rows(), n_queries, "rows of a mask");
    same(mask.cols(), n_keys, "columns of a mask");
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    check_mask(self_mask, tokens.rows(), tokens.rows());
    check_mask(cross_mask, tokens.rows(), memory.rows());
    const bool pre = order == NormOrder::pre;
    const Matrix read = pre ? encoder::layer_norm(tokens, weights.self_norm) : tokens;
    Matrix output = tokens;
    for (Index i = tokens.rows() - 1; i >= 0; --i) {
        RowVector x = tokens.row(i) + answer(read.row(i), read, weights.self_attention, row_of(self_mask, i));
        if (!pre) x = normal(x, weights.self_norm);
        output.row(i) = after_self(x, memory, weights, order, activation, row_of(cross_mask, i));
    }
    return output;
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    Matrix x = tokens;
    for (const auto& layer : weights.layers) {
        x = decoder_layer(x, memory, layer, order, activation, self_mask, cross_mask);
    }
    return weights.final_norm ? encoder::layer_norm(x, *weights.final_norm) : x;
}

namespace {

/// A decoder in the middle of a sentence.
class Speaker {
public:
    Speaker(const TokenIds& source, const TransformerModel& model)
        : model_(model), cross_mask_(source_mask(1, source, model.padding)), heard_(model.decoder.layers.size()) {
        const auto n_source = static_cast<Index>(source.size());
        memory_ = encoder::encode(embed_tokens(source, model.source_table), model.encoder, model.order,
                                  model.activation, source_mask(n_source, source, model.padding));
    }

    /// The logits after one token more.
    RowVector after(int token) {
        target_.push_back(token);
        RowVector x = embed_tokens(target_, model_.target_table).bottomRows(1);
        const Mask visible = source_mask(1, target_, model_.padding);
        const bool pre = model_.order == NormOrder::pre;
        for (std::size_t i = 0; i < heard_.size(); ++i) {
            const DecoderLayerWeights& layer = model_.decoder.layers[i];
            Matrix& heard = heard_[i];
            heard.conservativeResize(visible.cols(), x.cols());
            heard.bottomRows(1) = pre ? normal(x, layer.self_norm) : x;
            const RowVector asking = heard.bottomRows(1);
            x += answer(asking, heard, layer.self_attention, visible);
            if (!pre) x = normal(x, layer.self_norm);
            x = after_self(x, memory_, layer, model_.order, model_.activation, cross_mask_);
        }
        if (model_.decoder.final_norm) x = normal(x, *model_.decoder.final_norm);
        return multi_head_attention::linear(x, model_.output);
    }

private:
    const TransformerModel& model_;
    Mask cross_mask_;
    std::vector<Matrix> heard_;  ///< for each layer, what its self-attention has read
    Matrix memory_;
    TokenIds target_;
};

}  // namespace

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    Speaker speaker(source, model);
    Matrix logits(static_cast<Index>(target.size()), model.output.weight.cols());
    for (Index t = 0; t < logits.rows(); ++t) logits.row(t) = speaker.after(target[static_cast<std::size_t>(t)]);
    return logits;
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    if (max_tokens < 0) throw std::invalid_argument("fewer than no tokens");
    Speaker speaker(source, model);
    TokenIds generated;
    int token = start_token;
    for (Index n = 0; n < max_tokens; ++n) {
        const RowVector scores = speaker.after(token);
        token = static_cast<int>(scores.size()) - 1;
        for (int id = token; id >= 0; --id) {
            if (scores(id) >= scores(token)) token = id;
        }
        generated.push_back(token);
        if (token == end_token) break;
    }
    return generated;
}

}  // namespace transformer
