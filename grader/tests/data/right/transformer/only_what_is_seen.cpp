// A right solution without masks in the decoder: a target token attends to a matrix of just the rows that it sees, and
// a query that sees nothing gets the bias of the output layer. Everything below the decoder is written out.
#include "transformer.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace transformer {

namespace {

void must(bool right, const char* otherwise) {
    if (!right) throw std::invalid_argument(otherwise);
}

void must_fit(const Linear& layer, Index d_in) {
    must(layer.weight.rows() == d_in && layer.weight.cols() == layer.bias.cols(), "a linear layer");
}

Matrix through(const Linear& layer, const Matrix& x) {
    must_fit(layer, x.cols());
    return x * layer.weight + Matrix::Ones(x.rows(), 1) * layer.bias;
}

RowVector softmax(const RowVector& scores) {
    const RowVector raised = (scores.array() - scores.maxCoeff()).exp();
    return raised / raised.sum();
}

Matrix attend(const Matrix& x, const Matrix& memory, const MultiHeadWeights& weights, const Mask& mask) {
    const Matrix q = through(weights.query, x), k = through(weights.key, memory), v = through(weights.value, memory);
    const Index heads = weights.n_heads, d = q.cols();
    must(heads >= 1 && d % heads == 0 && k.cols() == d && v.cols() % heads == 0, "heads");
    must(mask.size() == 0 || (mask.rows() == x.rows() && mask.cols() == memory.rows()), "a mask");
    must(weights.output.weight.cols() == x.cols(), "W_O");
    const Index d_v = v.cols() / heads;
    Matrix joined = Matrix::Zero(x.rows(), v.cols());
    for (Index i = 0; i < x.rows(); ++i) {
        TokenIds seen;
        for (int j = 0; j < memory.rows(); ++j)
            if (mask.size() == 0 || mask(i, j)) seen.push_back(j);
        if (seen.empty()) continue;
        const Matrix keys = k(seen, Eigen::all), values = v(seen, Eigen::all);
        for (Index h = 0; h < heads; ++h) {
            const RowVector query =
                q.row(i).segment(h * d / heads, d / heads) / std::sqrt(static_cast<Scalar>(d / heads));
            joined.row(i).segment(h * d_v, d_v) =
                softmax(query * keys.middleCols(h * d / heads, d / heads).transpose()) *
                values.middleCols(h * d_v, d_v);
        }
    }
    return through(weights.output, joined);
}

Matrix norm(const Matrix& x, const LayerNormWeights& weights) {
    must(weights.gain.cols() == x.cols() && weights.bias.cols() == x.cols(), "a norm");
    Matrix y = x.colwise() - x.rowwise().mean();
    for (Index i = 0; i < y.rows(); ++i)
        y.row(i) =
            (y.row(i) / std::sqrt(y.row(i).array().square().mean() + weights.epsilon)).cwiseProduct(weights.gain) +
            weights.bias;
    return y;
}

Matrix network(const Matrix& x, const FeedForwardWeights& weights, Activation activation) {
    must(weights.outer.weight.cols() == x.cols(), "W_2");
    Matrix hidden = through(weights.inner, x);
    for (Index i = 0; i < hidden.size(); ++i) {
        Scalar& one = hidden.data()[i];
        one = activation == Activation::gelu ? one * std::erfc(-one / std::sqrt(Scalar{2})) / 2
                                             : std::fmax(one, Scalar{0});
    }
    return through(weights.outer, hidden);
}

Matrix source_memory(const TokenIds& source, const TransformerModel& model) {
    Matrix x = embed_tokens(source, model.source_table);
    const Mask mask = source_mask(x.rows(), source, model.padding);
    const bool pre = model.order == NormOrder::pre;
    for (const EncoderLayerWeights& layer : model.encoder.layers) {
        const Matrix a = pre ? norm(x, layer.attention_norm) : x;
        x += attend(a, a, layer.attention, mask);
        if (!pre) x = norm(x, layer.attention_norm);
        x += network(pre ? norm(x, layer.feed_forward_norm) : x, layer.feed_forward, model.activation);
        if (!pre) x = norm(x, layer.feed_forward_norm);
    }
    return model.encoder.final_norm ? norm(x, *model.encoder.final_norm) : x;
}

Matrix logits_of(const Matrix& memory, const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    const Matrix x = embed_tokens(target, model.target_table);
    return through(model.output,
                   decode(x, memory, model.decoder, model.order, model.activation, target_mask(target, model.padding),
                          source_mask(x.rows(), source, model.padding)));
}

}  // namespace

Matrix embed_tokens(const TokenIds& ids, const Matrix& table) {
    Matrix x(std::ssize(ids), table.cols());
    const auto d = static_cast<double>(table.cols());
    for (Index i = 0; i < x.rows(); ++i) {
        const int id = ids[static_cast<std::size_t>(i)];
        must(id >= 0 && id < table.rows(), "an id without a row");
        for (Index j = 0; j < x.cols(); ++j) {
            const double angle = static_cast<double>(i) * std::pow(1e4, -static_cast<double>(j - j % 2) / d);
            x(i, j) = static_cast<Scalar>(std::sqrt(d) * static_cast<double>(table(id, j)) +
                                          (j % 2 ? std::cos(angle) : std::sin(angle)));
        }
    }
    return x;
}

Mask source_mask(Index n_queries, const TokenIds& source, int padding) {
    Mask mask(n_queries, std::ssize(source));
    for (auto row : mask.rowwise())
        std::ranges::transform(source, row.begin(), [padding](int id) { return id != padding; });
    return mask;
}

Mask target_mask(const TokenIds& target, int padding) {
    Mask mask = source_mask(std::ssize(target), target, padding);
    for (Index i = 0; i < mask.rows(); ++i) mask.row(i).tail(mask.cols() - 1 - i) = false;
    return mask;
}

Matrix decoder_layer(const Matrix& tokens, const Matrix& memory, const DecoderLayerWeights& weights, NormOrder order,
                     Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    Matrix x = tokens;
    const bool pre = order == NormOrder::pre;
    const Matrix s = pre ? norm(x, weights.self_norm) : x;
    x += attend(s, s, weights.self_attention, self_mask);
    if (!pre) x = norm(x, weights.self_norm);
    x += attend(pre ? norm(x, weights.cross_norm) : x, memory, weights.cross_attention, cross_mask);
    if (!pre) x = norm(x, weights.cross_norm);
    x += network(pre ? norm(x, weights.feed_forward_norm) : x, weights.feed_forward, activation);
    return pre ? x : norm(x, weights.feed_forward_norm);
}

Matrix decode(const Matrix& tokens, const Matrix& memory, const DecoderWeights& weights, NormOrder order,
              Activation activation, const Mask& self_mask, const Mask& cross_mask) {
    Matrix x = tokens;
    for (std::size_t l = 0; l < weights.layers.size(); ++l)
        x = decoder_layer(x, memory, weights.layers[l], order, activation, self_mask, cross_mask);
    return weights.final_norm ? norm(x, *weights.final_norm) : x;
}

Matrix transformer_logits(const TokenIds& source, const TokenIds& target, const TransformerModel& model) {
    return logits_of(source_memory(source, model), source, target, model);
}

TokenIds greedy_decode(const TokenIds& source, const TransformerModel& model, int start_token, int end_token,
                       Index max_tokens) {
    must(max_tokens >= 0, "max_tokens");
    TokenIds said;
    if (max_tokens == 0) return said;
    const Matrix memory = source_memory(source, model);
    do {
        TokenIds target(1, start_token);
        target.insert(target.end(), said.begin(), said.end());
        const Matrix logits = logits_of(memory, source, target, model);
        const auto last = logits.row(logits.rows() - 1);
        said.push_back(static_cast<int>(std::ranges::max_element(last) - last.begin()));
    } while (said.back() != end_token && std::ssize(said) < max_tokens);
    return said;
}

}  // namespace transformer
