// A right solution in plain loops over numbers: embeddings, positions, masks and attention are written out again,
// and decoding starts from the beginning for every token. Only the encoder and its parts are called.
#include "transformer.hpp"

#include <cmath>
#include <stdexcept>

namespace transformer {

static void refuse_unless(bool fits) {
    if (!fits) throw std::invalid_argument("does not fit");
}

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
    const auto n_tokens = static_cast<Index>(ids.size()), d_model = table.cols();
    Matrix output(n_tokens, d_model);
    for (Index t = 0; t < n_tokens; ++t) {
        const Index id = ids[static_cast<std::size_t>(t)];
        refuse_unless(0 <= id && id < table.rows());
        for (Index j = 0; j < d_model; ++j) {
            const double power = static_cast<double>(j - j % 2) / static_cast<double>(d_model);
            const double angle = static_cast<double>(t) / std::pow(10000.0, power);
            const double position = j % 2 == 0 ? std::sin(angle) : std::cos(angle);
            output(t, j) = table(id, j) * std::sqrt(static_cast<Scalar>(d_model)) + static_cast<Scalar>(position);
        }
    }
    return output;
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    Mask mask(n_queries, static_cast<Index>(source.size()));
    for (Index i = 0; i < mask.rows(); ++i) {
        for (Index j = 0; j < mask.cols(); ++j) mask(i, j) = source[static_cast<std::size_t>(j)] != padding;
    }
    return mask;
}

Mask target_mask(const TokenIds& target, int padding) {
    const auto n = static_cast<Index>(target.size());
    Mask mask(n, n);
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < n; ++j) mask(i, j) = j <= i && target[static_cast<std::size_t>(j)] != padding;
    }
    return mask;
}

static Matrix affine(const Matrix& x, const Linear& layer) {
    refuse_unless(x.cols() == layer.weight.rows() && layer.weight.cols() == layer.bias.cols());
    Matrix y(x.rows(), layer.weight.cols());
    for (Index t = 0; t < y.rows(); ++t) {
        for (Index o = 0; o < y.cols(); ++o) {
            y(t, o) = layer.bias(o);
            for (Index i = 0; i < x.cols(); ++i) y(t, o) += x(t, i) * layer.weight(i, o);
        }
    }
    return y;
}

static Matrix attend(const Matrix& asking, const Matrix& asked, const MultiHeadWeights& weights, const Mask& mask) {
    const Matrix query = affine(asking, weights.query), key = affine(asked, weights.key),
                 value = affine(asked, weights.value);
    const Index n_heads = weights.n_heads;
    refuse_unless(query.cols() == key.cols() && query.cols() == value.cols());
    refuse_unless(n_heads > 0 && query.cols() % n_heads == 0);
    refuse_unless(mask.size() == 0 || (mask.rows() == query.rows() && mask.cols() == key.rows()));
    const Index width = query.cols() / n_heads;
    Matrix heads = Matrix::Zero(query.rows(), query.cols());
    for (Index h = 0; h < n_heads; ++h) {
        for (Index i = 0; i < query.rows(); ++i) {
            // A running softmax: whenever a larger score comes, what was summed so far is scaled down.
            Scalar largest = 0, total = 0;
            for (Index j = 0; j < key.rows(); ++j) {
                if (mask.size() != 0 && !mask(i, j)) continue;
                Scalar score = 0;
                for (Index c = h * width; c < (h + 1) * width; ++c) score += query(i, c) * key(j, c);
                score /= std::sqrt(static_cast<Scalar>(width));
                if (total == 0) largest = score;
                const Scalar before = score > largest ? std::exp(largest - score) : Scalar(1);
                if (score > largest) largest = score;
                const Scalar weight = std::exp(score - largest);
                total = total * before + weight;
                for (Index c = h * width; c < (h + 1) * width; ++c) {
                    heads(i, c) = heads(i, c) * before + weight * value(j, c);
                }
            }
            for (Index c = h * width; c < (h + 1) * width && total > 0; ++c) heads(i, c) /= total;
        }
    }
    return affine(heads, weights.output);
}

static Matrix plus(const Matrix& a, const Matrix& b) {
    refuse_unless(a.rows() == b.rows() && a.cols() == b.cols());
    Matrix sum = a;
    for (Index i = 0; i < sum.size(); ++i) sum.data()[i] += b.data()[i];
    return sum;
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    Matrix x = tokens;
    switch (order) {
        case NormOrder::post:
            x = encoder::layer_norm(plus(x, attend(x, x, weights.self_attention, self_mask)), weights.self_norm);
            x = encoder::layer_norm(plus(x, attend(x, memory, weights.cross_attention, cross_mask)),
                                    weights.cross_norm);
            x = encoder::layer_norm(plus(x, encoder::feed_forward(x, weights.feed_forward, activation)),
                                    weights.feed_forward_norm);
            break;
        case NormOrder::pre:
            Matrix read = encoder::layer_norm(x, weights.self_norm);
            x = plus(x, attend(read, read, weights.self_attention, self_mask));
            read = encoder::layer_norm(x, weights.cross_norm);
            x = plus(x, attend(read, memory, weights.cross_attention, cross_mask));
            read = encoder::layer_norm(x, weights.feed_forward_norm);
            x = plus(x, encoder::feed_forward(read, weights.feed_forward, activation));
            break;
    }
    return x;
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    Matrix x = tokens;
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        x = decoder_layer(x, memory, weights.layers[i], order, activation, self_mask, cross_mask);
    }
    if (weights.final_norm.has_value()) x = encoder::layer_norm(x, weights.final_norm.value());
    return x;
}

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    const Matrix from = embed_tokens(source, model.source_table), to = embed_tokens(target, model.target_table);
    const Matrix memory = encoder::encode(from, model.encoder, model.order, model.activation,
                                          source_mask(from.rows(), source, model.padding));
    const Matrix decoded = decode(to, memory, model.decoder, model.order, model.activation,
                                  target_mask(target, model.padding), source_mask(to.rows(), source, model.padding));
    return affine(decoded, model.output);
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    refuse_unless(max_tokens >= 0);
    TokenIds generated;
    while (static_cast<Index>(generated.size()) < max_tokens) {
        TokenIds target(1, start_token);
        for (const int id : generated) target.push_back(id);
        const Matrix logits = transformer_logits(source, target, model);
        int best = 0;
        for (int id = 1; id < static_cast<int>(logits.cols()); ++id) {
            if (logits(logits.rows() - 1, id) > logits(logits.rows() - 1, best)) best = id;
        }
        generated.push_back(best);
        if (best == end_token) return generated;
    }
    return generated;
}

}  // namespace transformer
