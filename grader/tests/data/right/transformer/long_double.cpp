// A right solution whose sums and softmax are long double, from the last term to the first; the largest score is found
// before any exponential is taken. Only the encoder and its parts are called.
#include "transformer.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

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
            const long double power = static_cast<long double>(j - j % 2) / static_cast<long double>(d_model);
            const long double angle = static_cast<long double>(t) / std::pow(10000.0L, power);
            const long double position = j % 2 == 0 ? std::sin(angle) : std::cos(angle);
            output(t, j) = static_cast<Scalar>(table(id, j) * std::sqrt(static_cast<long double>(d_model)) + position);
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
            long double sum = 0;
            for (Index i = x.cols(); i-- > 0;) sum += static_cast<long double>(x(t, i)) * layer.weight(i, o);
            y(t, o) = static_cast<Scalar>(sum + layer.bias(o));
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
            std::vector<long double> scores(static_cast<std::size_t>(key.rows()), 0);
            std::vector<Index> seen;
            long double largest = 0, total = 0;
            for (Index j = key.rows(); j-- > 0;) {
                if (mask.size() != 0 && !mask(i, j)) continue;
                long double& score = scores[static_cast<std::size_t>(j)];
                for (Index c = h * width; c < (h + 1) * width; ++c)
                    score += static_cast<long double>(query(i, c)) * key(j, c);
                score /= std::sqrt(static_cast<long double>(width));
                if (seen.empty() || score > largest) largest = score;
                seen.push_back(j);
            }
            for (const Index j : seen) total += std::exp(scores[static_cast<std::size_t>(j)] - largest);
            for (Index c = h * width; c < (h + 1) * width; ++c) {
                long double mean = 0;
                for (const Index j : seen)
                    mean += std::exp(scores[static_cast<std::size_t>(j)] - largest) / total * value(j, c);
                heads(i, c) = static_cast<Scalar>(mean);
            }
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
